// The console's style is a file of its own beside the script; importing it only tells the build.
export {};
