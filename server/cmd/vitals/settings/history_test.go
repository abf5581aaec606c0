package settings

import (
	"testing"
	"time"

	"vitals/internal/history"
)

func TestParseDuration(t *testing.T) {
	tests := map[string]struct {
		want  time.Duration
		valid bool
	}{
		"1s":         {time.Second, true},
		"15d":        {15 * day, true},
		"2w":         {14 * day, true},
		"1w2d12h":    {9*day + 12*time.Hour, true},
		"1d1.5s":     {day + 1500*time.Millisecond, true},
		"0d":         {0, true},
		"-5s":        {-5 * time.Second, true},
		"":           {0, false},
		"15":         {0, false},
		"d":          {0, false},
		"1.5d":       {0, false},
		"-1d":        {0, false},
		"1d-5s":      {0, false},
		"2d1w":       {0, false},
		"1d1d":       {0, false},
		"60000w":     {0, false},
		"50000d":     {50000 * day, true},
		"99999999d":  {0, false},
		"1d2562047h": {0, false},
	}
	for text, want := range tests {
		if got, valid := parseDuration(text); valid != want.valid || valid && got != want.want {
			t.Errorf("%q is %s, %t; want %s, %t", text, got, valid, want.want, want.valid)
		}
	}
}

func TestFormattedDurationsAreRead(t *testing.T) {
	for duration, want := range map[time.Duration]string{15 * day: "15d", 36 * time.Hour: "36h0m0s", time.Second: "1s", 0: "0s"} {
		text := formatDuration(duration)
		if again, valid := parseDuration(text); text != want || !valid || again != duration {
			t.Errorf("%d is written %q and read as %d, %t", duration, text, again, valid)
		}
	}
}

func TestSize(t *testing.T) {
	tests := map[string]struct {
		bytes   Size
		written string // empty: not allowed
	}{
		"1GiB":     {1 << 30, "1GiB"},
		"1G":       {1 << 30, "1GiB"},
		"1.5 gib":  {3 << 29, "1536MiB"},
		"500MB":    {500_000_000, "500000000B"},
		"64M":      {64 << 20, "64MiB"},
		"1024":     {1024, "1KiB"},
		"7b":       {7, "7B"},
		"0":        {0, "0B"},
		"8191PiB":  {8191 << 50, "8191PiB"},
		"8192PiB":  {},
		"1e3":      {},
		"-1GiB":    {},
		"GiB":      {},
		"1GiBs":    {},
		"1..2MiB":  {},
		"":         {},
		"infinite": {},
	}
	for text, want := range tests {
		var size Size
		err := size.UnmarshalText([]byte(text))
		if (err == nil) != (want.written != "") || err == nil && (size != want.bytes || size.String() != want.written) {
			t.Errorf("%q is %d, written %q, error %v; want %d, %q", text, size, size, err, want.bytes, want.written)
		}
	}
}

func TestDataFolder(t *testing.T) {
	tests := map[string]struct {
		data, state, want string
	}{
		"as it is set":       {"/srv/vitals", "/state/vitals", "/srv/vitals"},
		"the service's":      {"", "/state/vitals", "/state/vitals"},
		"the first of those": {"", "/state/vitals:/state/other", "/state/vitals"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("STATE_DIRECTORY", test.state)
			options := Settings{Data: test.data}
			if got, err := options.DataFolder(); err != nil || got != test.want {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestSyncPolicy(t *testing.T) {
	for text, want := range map[string]history.SyncPolicy{"always": 0, "1s": history.SyncPolicy(time.Second)} {
		options := Settings{HistorySync: text}
		if got, err := options.SyncPolicy(); err != nil || got != want {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
}
