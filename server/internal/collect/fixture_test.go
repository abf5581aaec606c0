package collect

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"vitals/internal/metric"
)

// fixture is a machine made of files: trees of testdata laid over one another.
type fixture struct {
	t     *testing.T
	root  string
	paths paths
	now   time.Time
}

// newFixture starts with the base tree. Symbolic links that sysfs would have are made here.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	root := t.TempDir()
	f := &fixture{t: t, root: root, now: time.Now()}
	f.paths = paths{
		proc: filepath.Join(root, "proc"), sys: filepath.Join(root, "sys"), etc: filepath.Join(root, "etc"), rootfs: root,
	}
	f.lay("base")
	f.link("eth0", "../../devices/pci0000:00/0000:00:03.0/net/eth0")
	f.link("eth1", "../../devices/virtual/net/eth1") // as inside of a container
	f.link("wg0", "../../devices/virtual/net/wg0")
	return f
}

func (f *fixture) link(name, target string) {
	f.t.Helper()
	folder := filepath.Join(f.paths.sys, "class", "net")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(folder, name)); err != nil {
		f.t.Fatal(err)
	}
}

// lay copies a tree of testdata over what is there.
func (f *fixture) lay(tree string) {
	f.t.Helper()
	from := filepath.Join("testdata", tree)
	err := filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		to := filepath.Join(f.root, relative)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o644)
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) remove(path string) {
	f.t.Helper()
	if err := os.RemoveAll(filepath.Join(f.root, path)); err != nil {
		f.t.Fatal(err)
	}
}

// read asks the sensor one second later than the last time.
func (f *fixture) read(sensor Sensor) map[string]float64 {
	f.t.Helper()
	values, err := f.tryRead(sensor)
	if err != nil {
		f.t.Fatal(err)
	}
	return values
}

func (f *fixture) tryRead(sensor Sensor) (map[string]float64, error) {
	f.now = f.now.Add(time.Second)
	events, err := readSafely(sensor, f.now)
	families := make(map[string]metric.Family)
	for _, family := range sensor.Families() {
		families[family.Name] = family
	}
	for i, event := range events {
		name, err := metric.ParseName(event.Metric)
		if err != nil {
			f.t.Errorf("event %q: %v", event.Metric, err)
		}
		family, known := families[name.Family]
		if !known {
			f.t.Errorf("event %q is of no family of the sensor", event.Metric)
		}
		events[i].Value = family.Round(event.Value)
	}
	return valuesOf(events), err
}
