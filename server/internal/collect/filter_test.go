package collect

import (
	"strings"
	"testing"
)

func TestFilter(t *testing.T) {
	for _, test := range []struct {
		globs []string
		name  string
		usual bool
		want  bool
	}{
		{nil, "sda", true, true},
		{nil, "loop0", false, false},
		{[]string{"sd*"}, "sda", true, true},
		{[]string{"sd*"}, "nvme0n1", true, false},
		{[]string{"loop*"}, "loop0", false, true},
		{[]string{"-sdb"}, "sda", true, true},
		{[]string{"-sdb"}, "sdb", true, false},
		{[]string{"-sdb"}, "loop0", false, false},
		{[]string{"*", "dm-0"}, "sda", true, true},
		{[]string{"*", "dm-0"}, "dm-0", false, true},
		{[]string{"*", "dm-0"}, "dm-1", false, false},
		{[]string{"*", "-sd[ab]"}, "sdb", true, false},
		{[]string{"/mnt/*"}, "/mnt/a/b", true, true},
		{[]string{"-/mnt/*"}, "/mnt/a/b", true, false},
	} {
		if got := newFilter(test.globs).allows(test.usual, test.name); got != test.want {
			t.Errorf("filter %q allows %q (usual %t): %t, want %t", test.globs, test.name, test.usual, got, test.want)
		}
	}
}

func TestFilterMatchesAnyOfTheNames(t *testing.T) {
	if newFilter([]string{"-nfs*"}).allows(true, "/mnt/nas", "nfs4") {
		t.Error("a mount of an excluded type is shown")
	}
}

func TestValidateGlobs(t *testing.T) {
	if err := ValidateGlobs("disks", []string{"sd*", "-nvme[0-9]n1", "*"}); err != nil {
		t.Errorf("good globs are refused: %v", err)
	}
	for _, bad := range []string{"", "-", "sd[a", "-x[", `end\`} {
		err := ValidateGlobs("interfaces", []string{"eth*", bad})
		if err == nil {
			t.Errorf("glob %q is accepted", bad)
			continue
		}
		if text := err.Error(); !strings.Contains(text, "interfaces") || !strings.Contains(text, `"`) {
			t.Errorf("error for %q is %q, want the setting and the glob named", bad, text)
		}
	}
}
