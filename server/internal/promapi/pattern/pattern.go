// Package pattern judges what a regular expression will cost, before it is compiled.
//
// Contract:
//   - A pattern is as large as the program that it is compiled to, or larger: a counted repetition counts as what it stands for,
//     a class as its ranges.
//   - Judging costs little, whatever the pattern, if its text is bounded by who calls.
package pattern

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

const (
	// unicodeSize is what a class of Unicode, such as \pL or [а-я], counts before it is parsed: as many ranges as one may have,
	// and about how long it takes to find out which letters are the same in another case.
	unicodeSize = 660
	// loopTimes is how often what may repeat or be left out counts, and what is in it: a match goes on in all such places at
	// once, for each character, while of what is plain it follows few.
	loopTimes = 16
)

// Weight is what a pattern will cost.
type Weight struct {
	Size   int
	Groups int // that are captured
	Anys   int // how deep sequences that have a .* among their parts are in one another
}

// Weigh judges a pattern. It stops as soon as the size is beyond the most. What cannot be parsed weighs next to nothing: whoever
// compiles it will say why.
func Weigh(text string, most int) Weight {
	size := unicodeSize * unicodeClasses(text)
	if size > most {
		return Weight{Size: size}
	}
	parsed, err := syntax.Parse(text, syntax.Perl|syntax.DotNL)
	if err != nil {
		return Weight{Size: size}
	}
	whole := measure(parsed)
	return Weight{max(size, whole.size()), whole.groups, anys(parsed)}
}

// unicodeClasses is how many classes a pattern may have that are of more than ASCII. It may count what only looks like one.
func unicodeClasses(pattern string) int {
	found := strings.Count(pattern, `\p`) + strings.Count(pattern, `\P`)
	if !strings.Contains(pattern, "[") {
		return found
	}
	for i := 1; i < len(pattern); i++ {
		if pattern[i-1] == '-' && (pattern[i] == '\\' || pattern[i] >= utf8.RuneSelf) {
			found++
		}
	}
	return found
}

// extent is the size of a part of a pattern.
type extent struct {
	plain, looping int  // how much of it may be
	groups         int  // that are captured
	mayBeEmpty     bool // matches no text at all
}

func (e extent) size() int { return e.plain + loopTimes*e.looping }

// loop is the same where it may repeat.
func (e extent) loop() extent {
	e.plain, e.looping = 0, e.plain+e.looping
	return e
}

// measure finds the extent of a part. The parser bounds how deep parts are nested, and the product of repetitions.
func measure(part *syntax.Regexp) extent {
	whole := extent{plain: 1, mayBeEmpty: true}
	someMayBeEmpty := false
	for _, sub := range part.Sub {
		one := measure(sub)
		whole.plain += one.plain
		whole.looping += one.looping
		whole.groups += one.groups
		whole.mayBeEmpty = whole.mayBeEmpty && one.mayBeEmpty
		someMayBeEmpty = someMayBeEmpty || one.mayBeEmpty
	}
	switch part.Op {
	case syntax.OpLiteral:
		whole.plain, whole.mayBeEmpty = len(part.Rune), false
	case syntax.OpCharClass:
		whole.plain, whole.mayBeEmpty = 1+len(part.Rune)/2, false
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		whole.mayBeEmpty = false
	case syntax.OpCapture:
		whole.plain++
		whole.groups++
	case syntax.OpAlternate:
		whole.plain += len(part.Sub)
		if whole.mayBeEmpty = someMayBeEmpty; someMayBeEmpty {
			return whole.loop()
		}
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
		whole.mayBeEmpty = whole.mayBeEmpty || part.Op != syntax.OpPlus
		return whole.loop()
	case syntax.OpRepeat:
		return repeated(whole, part.Min, part.Max)
	}
	return whole
}

// repeated is the extent of a part that stands a number of times; at most -1 times is endlessly. The compiler writes it out.
func repeated(once extent, least, most int) extent {
	times := max(least, most, 1)
	once.plain *= times
	once.looping *= times
	once.mayBeEmpty = once.mayBeEmpty || least == 0
	if least != most {
		return once.loop()
	}
	return once
}

// anys is how deep sequences that have a .* among their parts are in one another.
func anys(part *syntax.Regexp) int {
	deepest, here := 0, 0
	for _, sub := range part.Sub {
		deepest = max(deepest, anys(sub))
		if part.Op == syntax.OpConcat && isAny(sub) {
			here = 1
		}
	}
	return here + deepest
}

// isAny reports whether a part is .* or the like, in a group or not.
func isAny(part *syntax.Regexp) bool {
	switch part.Op {
	case syntax.OpCapture:
		return isAny(part.Sub[0])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		inner := part.Sub[0]
		for inner.Op == syntax.OpCapture {
			inner = inner.Sub[0]
		}
		return inner.Op == syntax.OpAnyChar || inner.Op == syntax.OpAnyCharNotNL
	}
	return false
}
