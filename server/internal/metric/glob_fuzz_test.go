package metric

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// matches is the glob by its definition: slow, and plain to see.
func matches(glob, name string) bool {
	if glob == "" {
		return name == ""
	}
	if glob[0] != '*' {
		return name != "" && glob[0] == name[0] && matches(glob[1:], name[1:])
	}
	return matches(glob[1:], name) || name != "" && matches(glob, name[1:])
}

func FuzzGlobMatch(f *testing.F) {
	for _, seed := range [][2]string{
		{"cpu", "cpu"},
		{"cpu", "cpu.user"},
		{"*", ""},
		{"*", "cpu"},
		{"network.*", "network.receive"},
		{"*.read", "disk.read"},
		{"a*b*c", "aXbYc"},
		{"a*b*c", "abcb"},
		{"*a*", "bab"},
		{"**", "x"},
		{"a**b", "ab"},
		{"*ab", "aab"},
		{"*aab", "aaab"},
		{"cpu.core{core=*}", "cpu.core{core=12}"},
		{"", ""},
		{"*é*", "caffé"},
		{"\xff*", "\xffa"},
		{"*\x00", "a\x00"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, glob, name string) {
		const fewStars, fewBytes = 4, 40 // the definition takes exponential time
		if strings.Count(glob, "*") > fewStars || len(glob) > fewBytes || len(name) > fewBytes {
			t.Skip()
		}
		if got, wanted := Glob(glob).Match(name), matches(glob, name); got != wanted {
			t.Errorf("%q matches %q: %v, expected %v", glob, name, got, wanted)
		}
	})
}

func TestNoGlobTakesLong(t *testing.T) {
	glob, err := ParseGlob(strings.Repeat("*a", MaxGlobBytes/2))
	if err != nil {
		t.Fatal(err)
	}
	name := strings.Repeat("a", MaxNameBytes) + "b"
	const allowed = 5 * time.Second // a matcher that tries all ways takes longer than the sun will shine
	began := time.Now()
	if glob.Match(name) {
		t.Error("it matches")
	}
	if took := time.Since(began); took > allowed {
		t.Errorf("it took %s", took)
	}
}

func FuzzSplitGlobs(f *testing.F) {
	for _, seed := range []string{"", ",", "cpu", "cpu,network.*", "disk.device.read{device=a,b},cpu", "{,}", "}{,", "a{b,c", ",,", "a}b,c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, list string) {
		words := SplitGlobs(list)
		if strings.Join(words, ",") != list {
			t.Errorf("%q is split into %q, which is something else", list, words)
		}
		if !strings.ContainsAny(list, "{}") && !slices.Equal(words, strings.Split(list, ",")) {
			t.Errorf("%q is split into %q", list, words)
		}
	})
}
