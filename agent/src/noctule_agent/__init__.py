"""The program in a runtime: parent of its kernels, keeper of the journal."""
