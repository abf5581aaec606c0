package web

import (
	"testing"
	"time"
)

// FuzzInstant wants every time that is understood to be one that can be written, and every length to be bounded.
func FuzzInstant(f *testing.F) {
	for _, seed := range []string{
		"", "now", "now-6h", "-6h", "-15d", "-3600", "1690000000", "1690000000.123", "2030-01-31T12:00:00Z", "2030-01-31T12:00:00 01:00", "1e5", "-1w2d", "..", "٥",
	} {
		f.Add(seed)
	}
	now := time.Unix(1_700_000_000, 0)
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := parseInstant(text, now); err == nil && (at < 0 || at > lastInstant) {
			t.Errorf("%q is %d", text, at)
		}
		if length, err := parseLength(text); err == nil && (length < 0 || length > longestLength) {
			t.Errorf("%q is %s long", text, length)
		}
	})
}
