/** Names of files that a stranger's code chose: which of them may be written below a folder of any system. */
/** What is wrong with a name as a path below a folder, in words, or null. */
export declare function nameProblem(name: string): string | null;
/** The first name that some system could not keep beside the others, compared without case and in one Unicode form. */
export declare function firstClash(names: string[]): string | null;
