package promapi

import (
	"context"
	"errors"
	"fmt"

	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"

	"vitals/internal/promapi/pattern"
)

// mostAnys is how deep parts with .* may be in groups of one another. The library tries each place for one after each place for
// the other, so that the time grows with the length of a label to the power of the depth.
const mostAnys = 2

var errTooDeep = errors.New("a regular expression has .* in groups with .* in groups with .*, which may take endlessly to match; " +
	"write (?:...) for (...), or simplify it")

// burden adds up what the text of one request will cost to parse and to compile. It is looked at before either begins, because
// neither can be stopped: the time that parsing takes grows with the square of the words, and a short pattern may compile to
// any size.
type burden struct {
	limits Limits
	bytes  int
	words  int
	size   int // of all patterns
}

// text adds the length of a text.
func (b *burden) text(text string) error {
	if b.bytes += len(text); b.bytes > b.limits.ExpressionBytes {
		return fmt.Errorf("%d bytes long; at most %d are allowed", b.bytes, b.limits.ExpressionBytes)
	}
	return nil
}

// expression adds an expression or a selector. An error in it is left to the parser, which says more.
func (b *burden) expression(ctx context.Context, text string) error {
	if err := b.text(text); err != nil {
		return err
	}
	words := parser.Lex(text)
	isPattern := false
	for {
		var word parser.Item
		words.NextItem(&word)
		switch word.Typ {
		case parser.EOF, parser.ERROR:
			return nil
		case parser.COMMENT:
			continue
		case parser.STRING:
			if !isPattern {
				break
			}
			if err := b.quoted(ctx, word.Val); err != nil {
				return err
			}
		}
		isPattern = word.Typ == parser.EQL_REGEX || word.Typ == parser.NEQ_REGEX
		if b.words++; b.words > b.limits.Words {
			return fmt.Errorf("more than %d words (names, numbers, texts, operators, brackets); ask for less at once", b.limits.Words)
		}
	}
}

// quoted adds a pattern as it stands in an expression.
func (b *burden) quoted(ctx context.Context, text string) error {
	unquoted, err := strutil.Unquote(text)
	if err != nil {
		return nil //nolint:nilerr // the parser says why
	}
	return b.pattern(ctx, unquoted)
}

// pattern adds the size of a pattern that selects.
func (b *burden) pattern(ctx context.Context, text string) error {
	weight := pattern.Weigh(text, b.limits.PatternSize)
	if weight.Anys > mostAnys {
		return errTooDeep
	}
	return b.add(ctx, weight.Size)
}

// replacement is the size of the pattern of a label_replace, as the engine makes it: each place where a match goes on keeps all
// groups.
func (b *burden) replacement(text string) int {
	if text == "" {
		return 0
	}
	weight := pattern.Weigh("^(?s:"+text+")$", b.limits.PatternSize)
	const groupsPerSize = 4
	return weight.Size + weight.Size*weight.Groups/groupsPerSize
}

// add adds the size of a pattern.
func (b *burden) add(ctx context.Context, size int) error {
	if b.size += size; b.size > b.limits.PatternSize {
		return fmt.Errorf("the regular expressions are of size %d; at most %d is allowed. "+
			"Repetitions such as {1000} and classes such as \\pL count as what they stand for", b.size, b.limits.PatternSize)
	}
	return ctx.Err()
}

// matcher adds a matcher that is not part of an expression.
func (b *burden) matcher(ctx context.Context, matcher *prompb.LabelMatcher) error {
	const wordsEach = 4 // as in an expression: name="value",
	if b.words += wordsEach; b.words > b.limits.Words {
		return fmt.Errorf("more than %d matchers", b.limits.Words/wordsEach)
	}
	if err := b.text(matcher.GetName() + matcher.GetValue()); err != nil {
		return err
	}
	switch matcher.GetType() {
	case prompb.LabelMatcher_RE, prompb.LabelMatcher_NRE:
		return b.pattern(ctx, matcher.GetValue())
	default:
		return nil
	}
}
