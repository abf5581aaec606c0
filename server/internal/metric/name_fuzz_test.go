package metric

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzName holds the grammar of names: what is accepted has one form only, reads back as itself, and goes through JSON and a
// line of text unharmed.
func FuzzName(f *testing.F) {
	for _, seed := range []string{
		"cpu", "cpu.core{core=0}", "a{k=v,l=w}", `a{k=\,\}\\}`, "_x.y_9", "", "9a", "a.b.c{", "a{}", "a{k}", "a{k=}", "a{l=1,k=2}", "a{k=1,k=1}",
		"a{k=v}x", "a{k=\x00}", "a{k=\u202e}", "a{k=\u200b}", "a{k=é}", "a{k=\xff}", "A{B=C D}", strings.Repeat("a", MaxFamilyBytes+1),
		"a{k=" + strings.Repeat("v", MaxNameBytes) + "}", "a{k=v,}", `a{k=\x}`, "a{k==}", "cpu\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, err := ParseName(text)
		if err != nil {
			return
		}
		if name.String() != text {
			t.Fatalf("%q was accepted and is written %q", text, name.String())
		}
		if len(text) > MaxNameBytes || !utf8.ValidString(text) || strings.ContainsAny(text, "\n\r\x00") {
			t.Fatalf("%q was accepted", text)
		}
		pairs := make([]string, 0, 2*len(name.Labels))
		for _, label := range name.Labels {
			pairs = append(pairs, label.Key, label.Value)
		}
		again, err := NewName(name.Family, pairs...)
		if err != nil || again.String() != text {
			t.Fatalf("%q put together again is %q: %v", text, again.String(), err)
		}
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var decoded string
		if err := json.Unmarshal(encoded, &decoded); err != nil || decoded != text {
			t.Fatalf("%q through JSON is %q: %v", text, decoded, err)
		}
	})
}
