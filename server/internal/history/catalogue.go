package history

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"vitals/internal/history/salvage"
	"vitals/internal/metric"
)

// catalogue keeps what the library does not: the descriptions of hosts, and of series that no family describes. It is a
// file that is written whole, by a goroutine of its own, soon after a change. Losing it loses no sample.
type catalogue struct {
	path     string
	families map[string]metric.Family
	logger   zerolog.Logger

	mu     sync.Mutex
	hosts  map[string]*describedHost
	series int // in all hosts

	changed chan struct{} // holds one
	ending  chan struct{}
	ended   chan struct{}
}

// describedHost is what the file says of a host.
type describedHost struct {
	Host   metric.Host                `json:"host"`
	Series map[string]describedSeries `json:"series,omitempty"` // by their whole names
}

// describedSeries is what the name and the family do not say.
type describedSeries struct {
	Unit   metric.Unit `json:"unit,omitempty"`
	Kind   metric.Kind `json:"kind,omitempty"`
	Help   string      `json:"help,omitempty"`
	Every  int         `json:"every,omitempty"`
	Custom bool        `json:"custom,omitempty"`
}

// catalogueForm is the file. Its sum is over the hosts without the space between: a damaged byte would often be another text.
// Without it the file is taken as it is, so that a person may change it.
type catalogueForm struct {
	Version int             `json:"version"`
	Sum     string          `json:"sum,omitempty"`
	Hosts   json.RawMessage `json:"hosts"`
}

// sumOf is the checksum of hosts.
func sumOf(hosts json.RawMessage) (string, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, hosts); err != nil {
		return "", err
	}
	return fmt.Sprintf("%08x", crc32.Checksum(compact.Bytes(), crc32.MakeTable(crc32.Castagnoli))), nil
}

const (
	catalogueVersion   = 1
	catalogueDelay     = time.Second // changes that come together are written once
	catalogueRetry     = time.Minute // after a failure, of a full disk mostly
	maxCatalogueBytes  = 64 << 20
	maxDescribedHosts  = 10_000
	maxDescribedSeries = 100_000
)

// openCatalogue reads the file, if there is one. One that cannot be understood is put aside and told.
func openCatalogue(options Options, families map[string]metric.Family) (*catalogue, []salvage.Damage, error) {
	c := &catalogue{
		path: filepath.Join(options.Dir, catalogueFile), families: families, logger: options.Logger,
		hosts:   make(map[string]*describedHost),
		changed: make(chan struct{}, 1), ending: make(chan struct{}), ended: make(chan struct{}),
	}
	aside := options.quarantine()
	if err := c.read(); err != nil {
		if asideErr := aside.Move(c.path, err.Error()); asideErr != nil {
			return nil, nil, fmt.Errorf("read %s: %w", c.path, errors.Join(err, asideErr))
		}
	}
	go c.run()
	return c, aside.Damage(), nil
}

func (c *catalogue) read() error {
	info, err := os.Lstat(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() > maxCatalogueBytes {
		return fmt.Errorf("is no file of at most %d bytes", maxCatalogueBytes)
	}
	text, err := os.ReadFile(c.path)
	if err != nil {
		return err
	}
	var form catalogueForm
	if err := json.Unmarshal(text, &form); err != nil {
		return err
	}
	if form.Version != catalogueVersion {
		return fmt.Errorf("has version %d, not %d", form.Version, catalogueVersion)
	}
	return c.take(form)
}

// take takes the hosts of a file over.
func (c *catalogue) take(form catalogueForm) error {
	sum, err := sumOf(form.Hosts)
	if err != nil {
		return err
	}
	if form.Sum != "" && form.Sum != sum {
		return fmt.Errorf("does not verify: its sum is %s, it says %s", sum, form.Sum)
	}
	var hosts map[string]*describedHost
	if err := json.Unmarshal(form.Hosts, &hosts); err != nil {
		return err
	}
	for name, host := range hosts {
		if host != nil {
			host.Host.Name = name
			c.hosts[name] = host
			c.series += len(host.Series)
		}
	}
	return nil
}

// describe notes what is known of a host. Who knows only its name says nothing: a host that was measured here may come from
// its past when this machine has another name.
func (c *catalogue) describe(host metric.Host) {
	host.SilentSince = 0
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.host(host.Name)
	if known == nil || reflect.DeepEqual(known.Host, host) || reflect.DeepEqual(host, onlyNamed(host.Name)) {
		return
	}
	known.Host = host
	c.wake()
}

// noteSeries notes what only the publisher says of series.
func (c *catalogue) noteSeries(name string, series []metric.Series) {
	c.mu.Lock()
	defer c.mu.Unlock()
	host := c.host(name)
	if host == nil {
		return
	}
	for _, one := range series {
		c.noteOne(host, one)
	}
}

func (c *catalogue) noteOne(host *describedHost, series metric.Series) {
	described := describedSeries{series.Unit, series.Kind, series.Help, series.Every, series.Custom}
	known, noted := host.Series[series.Metric]
	switch {
	case noted && known == described, !noted && described == c.fromFamily(series.Family):
		return
	case !noted && c.series >= maxDescribedSeries:
		return
	case !noted:
		c.series++
	}
	if host.Series == nil {
		host.Series = make(map[string]describedSeries)
	}
	host.Series[series.Metric] = described
	c.wake()
}

func (c *catalogue) fromFamily(name string) describedSeries {
	family := c.families[name]
	described := describedSeries{Unit: family.Unit, Kind: cmp.Or(family.Kind, metric.Gauge), Help: family.Help}
	if family.Every > 1 {
		described.Every = family.Every
	}
	return described
}

// host is that of the name, a new one if need be; nil if there are too many. The lock must be held.
func (c *catalogue) host(name string) *describedHost {
	host := c.hosts[name]
	if host == nil && len(c.hosts) < maxDescribedHosts {
		host = &describedHost{Host: onlyNamed(name)}
		c.hosts[name] = host
		c.wake()
	}
	return host
}

// hostNamed is what is known of a host.
func (c *catalogue) hostNamed(name string) metric.Host {
	c.mu.Lock()
	defer c.mu.Unlock()
	if host := c.hosts[name]; host != nil {
		return host.Host
	}
	return onlyNamed(name)
}

// onlyNamed is a host of which no more is known.
func onlyNamed(name string) metric.Host { return metric.Host{Name: name, Hostname: name} }

// seriesNamed describes a stored series. It is false for a name that is none.
func (c *catalogue) seriesNamed(host, text string) (metric.Series, bool) {
	name, err := metric.ParseName(text)
	if err != nil {
		return metric.Series{}, false
	}
	series := metric.Family{Name: name.Family}.Describe(name)
	c.mu.Lock()
	defer c.mu.Unlock()
	described := c.fromFamily(name.Family)
	if known := c.hosts[host]; known != nil {
		if noted, ok := known.Series[text]; ok {
			described = noted
		}
	}
	series.Unit, series.Kind, series.Help = described.Unit, described.Kind, described.Help
	series.Every, series.Custom = described.Every, described.Custom
	return series, true
}

// keepOnly drops what is known of hosts that have no past any more.
func (c *catalogue) keepOnly(hosts []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, host := range c.hosts {
		if _, remains := slices.BinarySearch(hosts, name); !remains {
			c.series -= len(host.Series)
			delete(c.hosts, name)
			c.wake()
		}
	}
}

func (c *catalogue) wake() {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// run writes what has changed until the catalogue is closed. What could not be written is written later.
func (c *catalogue) run() {
	defer close(c.ended)
	delay := catalogueDelay
	for {
		select {
		case <-c.ending:
			c.writeChanged()
			return
		case <-c.changed:
		}
		select {
		case <-c.ending:
		case <-time.After(delay):
		}
		select { // what came meanwhile is written with it
		case <-c.changed:
		default:
		}
		delay = catalogueDelay
		if !c.writeOrTell() {
			delay = catalogueRetry
			c.wake()
		}
	}
}

// writeChanged writes once more if something has changed since.
func (c *catalogue) writeChanged() {
	select {
	case <-c.changed:
		c.writeOrTell()
	default:
	}
}

func (c *catalogue) writeOrTell() bool {
	err := c.write()
	if err != nil {
		c.logger.Warn().Err(err).Msg("what is known of hosts and series was not written")
	}
	return err == nil
}

func (c *catalogue) close() {
	close(c.ending)
	<-c.ended
}

func (c *catalogue) write() error { return c.copyTo(c.path) }

// copyTo writes what is known now into a file.
func (c *catalogue) copyTo(path string) error {
	hosts, err := json.Marshal(c.known())
	if err != nil {
		return err
	}
	sum, err := sumOf(hosts)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(catalogueForm{Version: catalogueVersion, Sum: sum, Hosts: hosts}, "", " ")
	if err != nil {
		return err
	}
	return writeWhole(path, append(text, '\n'))
}

// known is a copy of all that is known.
func (c *catalogue) known() map[string]*describedHost {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := make(map[string]*describedHost, len(c.hosts))
	for name, host := range c.hosts {
		known[name] = &describedHost{Host: host.Host, Series: maps.Clone(host.Series)}
	}
	return known
}

// writeWhole replaces a file so that it is either the old or the new one whenever the power goes.
func writeWhole(path string, text []byte) error {
	temporary := path + ".new"
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return salvage.SyncFolder(filepath.Dir(path))
}
