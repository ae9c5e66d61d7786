package sqlitestore

// Conflict shows how an error of the driver is sorted.
var Conflict = conflict

// OlderThan shows how versions compare.
func OlderThan(version string) bool { return olderThan(version, oldest) }
