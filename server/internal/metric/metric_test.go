package metric_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"vitals/internal/metric"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParseNameKeepsTheCanonicalForm(t *testing.T) {
	for _, text := range []string{
		"cpu",
		"_hidden",
		"cpu.core{core=0}",
		"disk.device.read{device=nvme0n1}",
		"filesystem.used{mount=/var/lib/data}",
		`label{a=1\,2,b=x\}y,c=back\\slash}`,
		"temperature{sensor=CPU Package}",
		"a{k=ünïcode}",
		strings.Repeat("a", metric.MaxFamilyBytes),
	} {
		name, err := metric.ParseName(text)
		if err != nil {
			t.Errorf("ParseName(%q): %v", text, err)
			continue
		}
		if got := name.String(); got != text {
			t.Errorf("ParseName(%q).String() = %q", text, got)
		}
	}
}

func TestParseNameRefuses(t *testing.T) {
	for text, reason := range map[string]string{
		"":                                      "family",
		"1cpu":                                  "not allowed",
		"cpu-total":                             "not allowed",
		".cpu":                                  "not allowed",
		"cpu usage":                             "not allowed",
		"cpu{}":                                 "{key=value",
		"cpu{core}":                             "{key=value",
		"cpu{core=}":                            "empty",
		"cpu{core=0":                            "closing brace",
		"cpu{core=0}x":                          "nothing may follow",
		"cpu{b=1,a=2}":                          "sorted",
		"cpu{a=1,a=2}":                          "sorted",
		"cpu{1a=2}":                             "not allowed",
		"cpu{a.b=2}":                            "not allowed",
		`cpu{a=x\n}`:                            "backslash",
		`cpu{a=x\`:                              "backslash",
		"cpu{a=line\nbreak}":                    "unprintable",
		"cpu{a=\x00}":                           "unprintable",
		"cpu{a=\u202eevil}":                     "unprintable",
		"cpu{a=zero\u200bwidth}":                "unprintable",
		"cpu{a=\xff}":                           "UTF-8",
		"cpu{a=\ufffd}":                         "unprintable",
		"cpu{a=Hangul\u3164filler}":             "unprintable",
		strings.Repeat("a", 101):                "1 to 100",
		"a{b=" + strings.Repeat("c", 200) + "}": "at most 200",
	} {
		_, err := metric.ParseName(text)
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("ParseName(%.40q) = %v, expected an error with %q", text, err, reason)
		}
	}
}

func TestNewNameSortsLabels(t *testing.T) {
	name, err := metric.NewName("disk", "mount", "/", "device", "a,b}c")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := name.String(), `disk{device=a\,b\}c,mount=/}`; got != want {
		t.Errorf("got %s, expected %s", got, want)
	}
}

func TestTimestampIsAsShortAsItIsExact(t *testing.T) {
	for timestamp, want := range map[metric.TimestampMs]string{
		1690000000123: "1690000000.123",
		1690000000500: "1690000000.5",
		1690000000050: "1690000000.05",
		1690000000000: "1690000000",
		7:             "0.007",
		0:             "0",
		-1500:         "-1.5",
	} {
		if got := string(timestamp.AppendSeconds(nil)); got != want {
			t.Errorf("%d ms is written %s, expected %s", int64(timestamp), got, want)
		}
		var back metric.TimestampMs
		if err := json.Unmarshal([]byte(want), &back); err != nil || back != timestamp {
			t.Errorf("%s is read as %d ms (%v), expected %d", want, int64(back), err, int64(timestamp))
		}
	}
}

func TestTimestampOfCutsToTheMillisecond(t *testing.T) {
	at := time.Unix(1690000000, 123_999_999)
	if got := metric.TimestampOf(at); got != 1690000000123 {
		t.Errorf("got %d", int64(got))
	}
	if got := metric.TimestampMs(1690000000123).Time().UnixMilli(); got != 1690000000123 {
		t.Errorf("got %d", got)
	}
}

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		glob, name string
		want       bool
	}{
		{"cpu", "cpu", true},
		{"cpu", "cpu.user", false},
		{"cpu*", "cpu.user", true},
		{"*", "anything{at=all}", true},
		{"network.*", "network.interface.receive{interface=eth0}", true},
		{"cpu.core{*}", "cpu.core{core=12}", true},
		{"cpu.core{*}", "cpu.core", false},
		{"*.receive", "network.receive", true},
		{"*.receive", "network.receives", false},
		{"a*b*c", "a-b-b-c", true},
		{"a*b*c", "a-b-b", false},
		{"**", "x", true},
		{"?pu", "cpu", false},
	} {
		glob, err := metric.ParseGlob(test.glob)
		if err != nil {
			t.Fatal(err)
		}
		if got := glob.Match(test.name); got != test.want {
			t.Errorf("%q matches %q: %v, expected %v", test.glob, test.name, got, test.want)
		}
	}
}

func TestGlobIsNotExponential(t *testing.T) {
	glob := metric.Glob(strings.Repeat("a*", 100) + "b")
	if glob.Match(strings.Repeat("a", metric.MaxNameBytes)) {
		t.Error("matched a name without a b")
	}
}

func TestParseGlobRefusesEmptyAndLong(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("a", metric.MaxGlobBytes+1)} {
		if _, err := metric.ParseGlob(text); err == nil {
			t.Errorf("ParseGlob took %d bytes", len(text))
		}
	}
}

func TestSplitGlobsKeepsBracesTogether(t *testing.T) {
	got := metric.SplitGlobs(`cpu,x{a=1,b=2},y{a=\},b=\\},network.*`)
	if want := []string{"cpu", "x{a=1,b=2}", `y{a=\},b=\\}`, "network.*"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestFamilyRoundsToItsDecimals(t *testing.T) {
	percent := metric.Family{Decimals: 2}
	if got := percent.Round(12.3456); got != 12.35 {
		t.Errorf("got %v", got)
	}
	if got := (metric.Family{}).Round(1e15 + 0.4); got != 1e15 {
		t.Errorf("got %v", got)
	}
}

func TestDescribe(t *testing.T) {
	family := metric.Family{Name: "cpu.core", Unit: metric.Percent, Kind: metric.Gauge, Help: "busy", Every: 1}
	name, err := metric.ParseName("cpu.core{core=3}")
	if err != nil {
		t.Fatal(err)
	}
	series := family.Describe(name)
	if series.Metric != "cpu.core{core=3}" || series.Labels["core"] != "3" || series.Every != 0 || series.Unit != metric.Percent {
		t.Errorf("got %+v", series)
	}
}
