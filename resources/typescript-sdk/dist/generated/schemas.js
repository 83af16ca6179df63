// Made by `python3 build_scripts/run.py --dev python -m build_scripts.typescript_types`
// from the routes and their types: change those, not this file.
export {};
