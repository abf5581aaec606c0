package pattern_test

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"testing"

	"vitals/internal/promapi/pattern"
)

// most is beyond what any pattern of these tests may weigh, unless they ask for it.
const most = 1 << 30

func TestSizes(t *testing.T) {
	tests := []struct {
		text string
		want pattern.Weight
	}{
		{"", pattern.Weight{Size: 1}},
		{"host", pattern.Weight{Size: 4}},
		{"a|bc", pattern.Weight{Size: 6}},
		{".", pattern.Weight{Size: 1}},
		{".*", pattern.Weight{Size: 32}},
		{"[a-z]", pattern.Weight{Size: 2}},
		{`\d+`, pattern.Weight{Size: 48}},
		{"(a)(b)", pattern.Weight{Size: 7, Groups: 2}},
		{"a{1000}", pattern.Weight{Size: 2000}},
		{"(a?){900}", pattern.Weight{Size: 900 * (3 + 32), Groups: 1}},
		{"a{3,}", pattern.Weight{Size: 3 * 2 * 16}},
		{"a{0}", pattern.Weight{Size: 2}},
		{"a(|b)", pattern.Weight{Size: 4 + 16*5, Groups: 1}},
		{"(", pattern.Weight{}},
		{"((a{1,100}){1,100}){1,100}", pattern.Weight{}},
		{`\p`, pattern.Weight{Size: 660}},
		{".*a(.*b)", pattern.Weight{Size: 1 + 32 + 1 + 2 + 32 + 1 + 1, Groups: 1, Anys: 2}},
	}
	for _, test := range tests {
		if got := pattern.Weigh(test.text, most); got != test.want {
			t.Errorf("%s weighs %+v, not %+v", test.text, got, test.want)
		}
	}
}

// TestSmallTextsOfLargePrograms weighs what a few bytes compile to.
func TestSmallTextsOfLargePrograms(t *testing.T) {
	for text, atLeast := range map[string]int{
		`\pL{1000}`:               600_000,
		`(\pL{1000})|((a?){900})`: 600_000,
		`(\PL|x){1000}`:           600_000,
		`[^\pL]{500}`:             300_000,
		`((a*){10}b?){100}`:       16_000,
	} {
		if got := pattern.Weigh(text, most); got.Size < atLeast {
			t.Errorf("%s weighs %+v, less than %d", text, got, atLeast)
		}
	}
}

// TestWhatIsSlowToParseIsNotParsed counts what is allocated for classes that take long to parse.
func TestWhatIsSlowToParseIsNotParsed(t *testing.T) {
	const limit = 16 << 10
	for name, text := range map[string]string{
		"classes":           strings.Repeat(`\pL`, 5000),
		"a class of many":   "[" + strings.Repeat(`\pL`, 5000) + "]",
		"ranges":            "(?i)" + strings.Repeat(`[\x{42}-\x{1e942}]`, 800),
		"a class of ranges": "(?i)[" + strings.Repeat("B-\U0001e942", 1000) + "]",
	} {
		var weight pattern.Weight
		allocations := testing.AllocsPerRun(1, func() { weight = pattern.Weigh(text, limit) })
		if weight.Size <= limit || allocations > 0 {
			t.Errorf("%s: %+v after %.0f allocations", name, weight, allocations)
		}
	}
}

// TestListsOfHostsAreSmall weighs what a dashboard makes of several hundred hosts that were picked from a list.
func TestListsOfHostsAreSmall(t *testing.T) {
	for _, name := range []string{`web-%03d`, `web-%03d\.example\.org`, `ip-10-0-%03d\.eu\.internal`, `größe-ü-%03d`, `сервер-а-%03d`} {
		var names []string
		for i := range 500 {
			names = append(names, fmt.Sprintf(name, i))
		}
		for _, around := range []string{"%s", "(%s)", "(%s)(:\\d+)?", ".*(%s).*"} {
			text := fmt.Sprintf(around, strings.Join(names, "|"))
			if got := pattern.Weigh(text, most); got.Size > len(text) || got.Anys > 1 {
				t.Errorf("%s %s: %d bytes weigh %+v", around, name, len(text), got)
			}
		}
	}
}

func TestHowDeepAnysAre(t *testing.T) {
	for text, want := range map[string]int{
		"web":                       0,
		".*":                        0, // alone it is no search
		".*web.*":                   1,
		"(.*)-(.*)":                 1,
		"web-(a.*|b.*)":             1,
		".*(foo(.*)bar).*":          2,
		".*a(?:.*a(?:.*a(?:.*b)))":  1,
		".*a(.*a(.*a(.*b)))":        4,
		".*a(?:|.*a(?:|.*a(|.*b)))": 4,
		"(((b.?)a.+)a.*)a.*":        4,
		".{0,9}a(.{2,}b)":           2,
	} {
		if got := pattern.Weigh(text, most).Anys; got != want {
			t.Errorf("%s: %d deep, not %d", text, got, want)
		}
	}
}

// FuzzWeigh compares with the program that a pattern is compiled to.
func FuzzWeigh(f *testing.F) {
	for _, text := range []string{
		"", "host", "(a|b|)*c{3,7}", `\pL{3}`, `(?i)[a-z\x{400}-\x{500}]+`, `\Q[\E[^-é]`, "((a?){9}|b{2,}?){5}", `^(\b|$)+`, "x{0}", "[[:word:]]",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const longest, limit = 200, 20_000
		if len(text) > longest {
			return
		}
		weight := pattern.Weigh(text, limit)
		parsed, err := syntax.Parse(text, syntax.Perl|syntax.DotNL)
		if err != nil || weight.Size > limit {
			return
		}
		program, err := syntax.Compile(parsed.Simplify())
		if err != nil {
			t.Fatal(err)
		}
		size := 0
		for _, instruction := range program.Inst {
			size += max(1, len(instruction.Rune)/2)
		}
		const endsAndNothing = 3 // each program begins with a failure and ends with a match
		if size > weight.Size+endsAndNothing {
			t.Errorf("%q weighs %+v, its program %d", text, weight, size)
		}
	})
}
