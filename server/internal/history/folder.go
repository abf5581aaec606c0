package history

// prepareFolder makes the data folder, and refuses one that cannot be ours.
func prepareFolder(dir string) error { return makeFolder(dir) }
