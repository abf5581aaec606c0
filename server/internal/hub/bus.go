package hub

import (
	"time"

	"vitals/internal/metric"
)

// Bus is what the rest of the program needs of a hub.
type Bus interface {
	// Epoch is the word that all positions of this bus carry.
	Epoch() string
	// Serial is the newest serial: whatever was published before this call has one up to it.
	Serial() uint64
	// Describe makes a host known, or replaces what is known of it. Hosts keep the order in which they came. A host that
	// was described never leaves, and the bounds on hosts and on series in all are not for it.
	Describe(metric.Host)
	// Publish makes an update the newest of its host. Events that cannot be taken are left out, counted and returned with
	// the reason; an update that has events and none that can be taken is not published and has no position.
	Publish(metric.Update) (metric.Position, []Rejection)
	// Hosts lists the hosts, the server's own first.
	Hosts() []metric.Host
	// Catalog is the newest catalogue of a host; false if there is no such host.
	Catalog(host string) (*Catalog, bool)
	// Subscribe starts a subscription that may fall at most lagBytes behind, counted for each host. It follows no host
	// yet. The waker is told whenever Next may have something new.
	Subscribe(lagBytes int, waker Waker) *Subscription
	// WatchHosts calls the function for every change of a host from now on, one after the other and in order: a change is
	// either seen by Hosts already or will be told. The function must return at once and must not call the bus. After stop
	// it is not called any more.
	WatchHosts(func(HostChange)) (stop func())
	// Sweep does what is due by the clock; call it each second with the time of the bus's own clock. It ends the intervals
	// that nobody's tick has ended, lets series leave that had no value for long, and finds the hosts that are silent or
	// gone.
	Sweep(now time.Time)
}

// Options sets a hub up. Zero values take the defaults that the field comments name.
type Options struct {
	Interval            time.Duration    // the time between two ticks of a host; 1s
	Backfill            time.Duration    // how much past a ring keeps; 5m
	MaxBytes            int              // the bound of one ring; 32 MiB, or what 250 series take over the backfill if that is more
	MaxUndescribedBytes int              // bytes of the rings of all hosts that nobody described together; 256 MiB
	MaxSeries           int              // series of one host, those that sensors measure and those that are pushed each; 2000
	MaxHosts            int              // hosts that nobody described; 200
	MaxTotal            int              // series of all hosts together; 100000
	SeriesIdle          time.Duration    // a series without a value for so long leaves the catalogue; 1h
	Families            []metric.Family  // what is known of series before their first event; others have no unit and no help
	Clock               func() time.Time // for tests; time.Now
}

const (
	defaultInterval       = time.Second
	defaultBackfill       = 5 * time.Minute
	defaultMaxSeries      = 2000
	defaultMaxHosts       = 200
	defaultMaxTotal       = 100_000
	defaultSeriesIdle     = time.Hour
	leastMaxBytes         = 32 << 20
	defaultMaxUndescribed = 256 << 20
	usualTickBytes        = 250*8 + tickOverheadBytes
)

func (o Options) withDefaults() Options {
	orElse(&o.Interval, defaultInterval)
	orElse(&o.Backfill, defaultBackfill)
	orElse(&o.MaxUndescribedBytes, defaultMaxUndescribed)
	orElse(&o.MaxSeries, defaultMaxSeries)
	orElse(&o.MaxHosts, defaultMaxHosts)
	orElse(&o.MaxTotal, defaultMaxTotal)
	orElse(&o.SeriesIdle, defaultSeriesIdle)
	orElse(&o.MaxBytes, max(leastMaxBytes, int(o.Backfill/o.Interval+1)*usualTickBytes))
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

func orElse[T int | time.Duration](value *T, otherwise T) {
	if *value <= 0 {
		*value = otherwise
	}
}
