package main

import (
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

func TestAnInventedPastIsTold(t *testing.T) {
	var lines strings.Builder
	invented := newInvention(time.Now().Add(-24*time.Hour), 3, zerolog.New(&lines))
	if told := lines.String(); !strings.Contains(told, `"length":"24h0m0s","hosts":3`) {
		t.Errorf("before it begins: %s", told)
	}
	lines.Reset()
	half := time.Now().Add(-12 * time.Hour)
	invented.tell(half)
	if told := lines.String(); told != "" {
		t.Errorf("at once: %s", told)
	}
	invented.told = invented.told.Add(-inventionToldEach)
	invented.tell(half)
	invented.tell(half)
	if told := lines.String(); strings.Count(told, "\n") != 1 || !strings.Contains(told, `"percent":50`) && !strings.Contains(told, `"percent":49`) {
		t.Errorf("half of it: %s", told)
	}
	lines.Reset()
	newInvention(time.Now().Add(-time.Second), 1, zerolog.New(&lines))
	if told := lines.String(); told != "" {
		t.Errorf("a short one: %s", told)
	}
}
