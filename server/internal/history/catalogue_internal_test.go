package history

import (
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/history/salvage"
	"vitals/internal/metric"
)

func openTestCatalogue(t *testing.T, dir string) (*catalogue, []salvage.Damage) {
	t.Helper()
	families := map[string]metric.Family{"cpu": {Name: "cpu", Unit: metric.Percent, Kind: metric.Gauge, Help: "Time"}}
	c, damage, err := openCatalogue(Options{Dir: dir, Logger: zerolog.Nop(), Clock: time.Now}, families)
	if err != nil {
		t.Fatal(err)
	}
	return c, damage
}

func TestCatalogueIsWrittenSoonAfterAChangeOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, catalogueFile)
	synctest.Test(t, func(t *testing.T) {
		c, _ := openTestCatalogue(t, dir)
		defer c.close()
		c.describe(metric.Host{Name: "web", CPUCount: 4})
		synctest.Wait()
		c.describe(metric.Host{Name: "web", CPUCount: 8})
		time.Sleep(catalogueDelay)
		synctest.Wait()
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("the file: %v, %v", info, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		c.describe(metric.Host{Name: "web", CPUCount: 8, SilentSince: 5})
		c.noteSeries("web", []metric.Series{{Metric: "cpu", Family: "cpu", Unit: metric.Percent, Kind: metric.Gauge, Help: "Time"}})
		time.Sleep(time.Hour)
		synctest.Wait()
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("it was written although nothing had changed: %v", err)
		}
		c.noteSeries("web", []metric.Series{{Metric: "cpu", Family: "cpu", Unit: metric.Percent, Kind: metric.Gauge, Help: "Other"}})
	})
	c, damage := openTestCatalogue(t, dir) // closing wrote the last change
	defer c.close()
	series, ok := c.seriesNamed("web", "cpu")
	if len(damage) != 0 || !ok || series.Help != "Other" || c.hostNamed("web").CPUCount != 8 {
		t.Errorf("read back: %v %+v %+v", damage, series, c.hostNamed("web"))
	}
}

func TestCatalogueThatIsDamagedIsPutAside(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "cut off": `{"version":1,"hosts":{"web":{"host":{"na`, "of another version": `{"version":2,"hosts":{}}`,
		"zeros": strings.Repeat("\x00", 100), "of another form": `[1,2]`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, catalogueFile)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			c, damage := openTestCatalogue(t, dir)
			defer c.close()
			if len(damage) != 1 {
				t.Fatalf("it is not told: %v", damage)
			}
			kept, err := os.ReadFile(filepath.Join(dir, damage[0].File))
			if err != nil || string(kept) != text {
				t.Errorf("what was put aside: %q, %v", kept, err)
			}
			if host := c.hostNamed("web"); host.Name != "web" {
				t.Errorf("a host of which nothing is known: %+v", host)
			}
		})
	}
}

func TestCatalogueWithoutAHost(t *testing.T) {
	dir := t.TempDir()
	text := `{"version":1,"hosts":{"web":null,"db":{"host":{"name":"other"},"series":null}}}`
	if err := os.WriteFile(filepath.Join(dir, catalogueFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, damage := openTestCatalogue(t, dir)
	defer c.close()
	if len(damage) != 0 || c.hostNamed("db").Name != "db" {
		t.Errorf("%v, %+v", damage, c.hostNamed("db"))
	}
	c.noteSeries("web", []metric.Series{{Metric: "x", Family: "x", Custom: true}})
	if _, ok := c.seriesNamed("web", "x{"); ok {
		t.Error("x{ is no name")
	}
}

func TestCatalogueIsBounded(t *testing.T) {
	c, _ := openTestCatalogue(t, t.TempDir())
	defer c.close()
	for i := range maxDescribedHosts + 10 {
		c.describe(metric.Host{Name: "host-" + strconv.Itoa(i)})
	}
	series := make([]metric.Series, maxDescribedSeries+10)
	for i := range series {
		series[i] = metric.Series{Metric: "x{i=" + strconv.Itoa(i) + "}", Family: "x", Custom: true}
	}
	c.noteSeries("host-1", series)
	c.noteSeries("host-2", series[:1])
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.hosts) != maxDescribedHosts || c.series != maxDescribedSeries {
		t.Errorf("%d hosts, %d series", len(c.hosts), c.series)
	}
}

// A damaged byte is no other description: it is told, or it changes nothing.
func TestCatalogueWithADamagedByte(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, catalogueFile)
	c, _ := openTestCatalogue(t, dir)
	c.describe(metric.Host{Name: "web", Hostname: "web.example", CPUCount: 4})
	c.noteSeries("web", []metric.Series{{Metric: "x", Family: "x", Unit: "ms", Kind: metric.Gauge, Help: "Time <of> something", Custom: true}})
	c.close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, wantHost := "Time <of> something", c.hostNamed("web")
	for at := range text {
		damaged := []byte(string(text))
		damaged[at] ^= 1 << (at % 7)
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		read, damage := openTestCatalogue(t, dir)
		series, _ := read.seriesNamed("web", "x")
		if len(damage) == 0 && (series.Help != want || series.Unit != "ms" || !reflect.DeepEqual(read.hostNamed("web"), wantHost)) {
			t.Errorf("byte %d, %q: %+v, %+v", at, damaged[max(0, at-10):min(len(damaged), at+10)], series, read.hostNamed("web"))
		}
		read.close()
	}
}

// What could not be written is written later, without another change.
func TestCatalogueIsWrittenOnceThatIsPossible(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, catalogueFile)
	obstacle := path + ".new"
	if err := os.MkdirAll(filepath.Join(obstacle, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		c, _ := openTestCatalogue(t, dir)
		defer c.close()
		c.describe(metric.Host{Name: "web", CPUCount: 4})
		time.Sleep(catalogueDelay)
		synctest.Wait()
		if _, err := os.Stat(path); err == nil {
			t.Fatal("it was written")
		}
		if err := os.RemoveAll(obstacle); err != nil {
			t.Fatal(err)
		}
		time.Sleep(catalogueRetry)
		synctest.Wait()
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	})
}

// TestWhatIsKnownOfAHostIsNotForgotten describes it as the hub does whom only its past is known to.
func TestWhatIsKnownOfAHostIsNotForgotten(t *testing.T) {
	c, _ := openTestCatalogue(t, t.TempDir())
	defer c.close()
	full := metric.Host{Name: "web", Hostname: "web.example", OS: "Debian", CPUCount: 4}
	c.describe(full)
	c.describe(metric.Host{Name: "web", Hostname: "web"})
	if got := c.hostNamed("web"); got.OS != full.OS || got.CPUCount != full.CPUCount {
		t.Errorf("%+v is left of %+v", got, full)
	}
	c.describe(metric.Host{Name: "web", Hostname: "web", OS: "Alpine"})
	if got := c.hostNamed("web"); got.OS != "Alpine" || got.CPUCount != 0 {
		t.Errorf("what is new does not count: %+v", got)
	}
}
