// Package promtest lets tests compare with a real Prometheus, where the machine has one: Debian's package prometheus, with
// the program of that name and promtool. Only tests import it. Without the package they are skipped, and say so.
package promtest
