package collect

import (
	"errors"
	"fmt"
	"path"
	"strings"
)

// filter decides by globs which devices are shown.
type filter struct {
	includes []string
	excludes []string
}

// ValidateGlobs checks a list of globs for devices. A glob is what path.Match knows, except that * matches slashes too;
// with a leading - it excludes. The error names the setting and the glob at fault.
func ValidateGlobs(setting string, globs []string) error {
	for _, glob := range globs {
		if err := validateGlob(strings.TrimPrefix(glob, "-")); err != nil {
			return fmt.Errorf("%s: bad glob %q: %w", setting, glob, err)
		}
	}
	return nil
}

func validateGlob(glob string) error {
	if glob == "" {
		return errors.New("it is empty; write a name such as sda, a pattern such as nvme*, or -nvme* to exclude")
	}
	if _, err := path.Match(glob, ""); err != nil {
		return errors.New(`allowed are *, ?, [a-z] and \ before a special character; a bracket is not closed or a range is wrong`)
	}
	return nil
}

func newFilter(globs []string) filter {
	var made filter
	for _, glob := range globs {
		if excluded, found := strings.CutPrefix(glob, "-"); found {
			made.excludes = append(made.excludes, excluded)
		} else {
			made.includes = append(made.includes, glob)
		}
	}
	return made
}

// allows reports whether a device with these names (any of them may match) is shown. Without an including glob the usual
// devices are. The glob * stands for the usual devices; any other brings in unusual ones too.
func (f filter) allows(usual bool, names ...string) bool {
	if matchesAny(f.excludes, names) {
		return false
	}
	for _, glob := range f.includes {
		if glob == "*" {
			if usual {
				return true
			}
		} else if matchesAny([]string{glob}, names) {
			return true
		}
	}
	return len(f.includes) == 0 && usual
}

func matchesAny(globs, names []string) bool {
	for _, glob := range globs {
		for _, name := range names {
			if matches(glob, name) {
				return true
			}
		}
	}
	return false
}

// matches lets * match slashes, which path.Match treats apart, by giving it none.
func matches(glob, name string) bool {
	matched, err := path.Match(strings.ReplaceAll(glob, "/", "\x01"), strings.ReplaceAll(name, "/", "\x01"))
	return err == nil && matched
}
