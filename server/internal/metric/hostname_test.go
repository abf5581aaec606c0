package metric

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestCheckHostName(t *testing.T) {
	for name, allowed := range map[string]bool{
		"web-1":                               true,
		"db.example.com":                      true,
		"fe80::1":                             true,
		"snake_case":                          true,
		"küche":                               true,
		"дача":                                true,
		"サーバー":                                true,
		"घर":                                  true, // a letter, and a mark that composes with nothing
		"7":                                   true,
		strings.Repeat("a", MaxHostBytes):     true,
		"":                                    false,
		strings.Repeat("a", MaxHostBytes+1):   false,
		strings.Repeat("ü", MaxHostBytes/2+1): false, // bytes count, not letters
		"two words":                           false,
		"a,b":                                 false,
		"a/b":                                 false,
		"a\\b":                                false,
		"a*":                                  false,
		"a\x00b":                              false,
		"a\nb":                                false,
		"a\u202eb":                            false, // right to left from here
		"a\u200bb":                            false, // zero width
		"a\ufeffb":                            false,
		"a\u00adb":                            false, // soft hyphen
		"\xff":                                false,
		"ku\u0308che":                         false, // decomposed
		"\u0301a":                             false, // a mark on nothing
		"a\u3164b":                            false, // a letter that is not seen
		"a\ufe0fb":                            false, // a mark that is not seen
		"a\u034fb":                            false, // another one
		".":                                   false, // what a file cannot be called
		"..":                                  false,
		"...":                                 true,
		"<script>":                            false,
		"host{a=b}":                           false,
		"\U0001f600":                          false,
	} {
		if err := CheckHostName(name); (err == nil) != allowed {
			t.Errorf("%q: %v, expected allowed %v", name, err, allowed)
		}
	}
}

func TestCleanHostName(t *testing.T) {
	for name, wanted := range map[string]string{
		"web-1":        "web-1",
		" web-1\n":     "web-1",
		"my host":      "my-host",
		"ku\u0308che":  "küche",
		"":             "host",
		"\u0301":       "host",
		"a\xffb":       "a-b",
		"..":           "host",
		"a\ufe0fb":     "a-b",
		"Anna's / Mac": "Anna-s---Mac",
	} {
		if got := CleanHostName(name); got != wanted {
			t.Errorf("%q: got %q, expected %q", name, got, wanted)
		}
	}
}

func FuzzHostName(f *testing.F) {
	for _, seed := range []string{
		"web-1", "", "küche", "ku\u0308che", "a b", "a\x00b", "a\u202eb", "\xff\xfe", "fe80::1", "\u0301a", "한국", "\u1112\u1161\u11ab",
		strings.Repeat("ü", 127), "...", "..", "a\u3164", "a\ufe0f", "a\u0300\u0301\u0302",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		cleaned := CleanHostName(name)
		if err := CheckHostName(cleaned); err != nil {
			t.Errorf("%q was cleaned to %q: %v", name, cleaned, err)
		}
		if CheckHostName(name) != nil {
			return
		}
		if cleaned != name {
			t.Errorf("%q is allowed, yet cleaned to %q", name, cleaned)
		}
		if len(name) == 0 || len(name) > MaxHostBytes || !utf8.ValidString(name) || !norm.NFC.IsNormalString(name) {
			t.Errorf("%q is allowed", name)
		}
		for _, r := range name {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) || strings.ContainsRune(`,/\{}<>"'&*`, r) {
				t.Errorf("%q is allowed and holds %U", name, r)
			}
		}
	})
}
