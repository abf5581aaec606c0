// Package metric holds the words that every other room shares: the event, the update, the position, the series and the
// grammar of their names. It imports the standard library and the tables of Unicode's composed form only, and holds no state.
//
// An [Event] is the triple <metric, value, timestamp>. Nothing else is needed to understand one: the metric is the whole
// name of a series within its host. What a series is (unit, help, labels, kind) is said once, by its [Series], before its
// first event. One tick of one host is an [Update]; its [Position] is given by the hub and never changes afterwards.
//
// Timestamps are [TimestampMs] inside the program and unix seconds on every wire; the two never mix.
package metric
