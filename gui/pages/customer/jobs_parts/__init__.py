"""The parts of the list of jobs and of the form that starts one."""
