package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"vitals/cmd/vitals/settings"
	"vitals/internal/collect"
	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/metric"
)

// goOn gives the newest past to the hub and to ingestion, and records what comes from there on.
func (a *application) goOn(ctx context.Context, past *remembered, k *keeper) (err error) {
	past.restore(ctx, a.hub, a.settings, a.source, func(update metric.Update) {
		a.ingest.Remember(update)
		if update.Host == a.own {
			at := update.Timestamp.Time()
			a.lastSample.Store(&at)
		}
	})
	a.recording, err = past.record(a.hub)
	if err == nil {
		k.recorder = a.recording.recorder
	}
	return err
}

// restoredAtOnce is how many intervals of a host are read together; it bounds what that takes beside the ring.
const restoredAtOnce = 600

// restore gives the newest past of each host to the hub, as it would be there if this process had run all along, and tells
// each update. A past that cannot be read is left out.
func (r *remembered) restore(ctx context.Context, bus hub.Bus, options settings.Settings, source collect.Source, tell func(metric.Update)) {
	hosts, err := r.store.Hosts(ctx)
	if err != nil {
		r.logger.Warn().Err(err).Msg("the past could not be read")
		return
	}
	to := time.Now()
	round := slowest(source.Families())
	for _, past := range hosts {
		begun := false
		from := to.Add(-options.Backfill - time.Duration(round)*options.Interval)
		for ; from.Before(to); from = from.Add(restoredAtOnce * options.Interval) {
			until := from.Add(restoredAtOnce * options.Interval)
			if past.Newest < metric.TimestampOf(from) {
				continue
			}
			updates, err := r.updates(ctx, past.Host.Name, from, until, source.Families())
			if err != nil {
				r.logger.Warn().Err(err).Str("host", past.Host.Name).Msg("the past of a host could not be read")
				break
			}
			if !begun && len(updates) > 0 {
				begun, updates = true, fromFullest(updates, round)
			}
			for _, update := range updates {
				markPushed(source, update)
				bus.Publish(update)
				tell(update)
			}
		}
	}
}

// slowest is in how many ticks each family has a value once.
func slowest(families []metric.Family) int {
	ticks := 1
	for _, family := range families {
		ticks = max(ticks, family.Every)
	}
	return ticks
}

// fromFullest leaves out what comes before the one of the first updates that has the most series. The hub lists series as they
// come, and a host should look as it does when it is measured from the start, when all of them come at once. What was said of a
// series in what is left out is said where it comes first.
func fromFullest(updates []metric.Update, first int) []metric.Update {
	fullest := 0
	for i, update := range updates[:min(first, len(updates))] {
		if len(update.Events) > len(updates[fullest].Events) {
			fullest = i
		}
	}
	described := make(map[string]metric.Series)
	for _, update := range updates[:fullest] {
		for _, series := range update.Series {
			described[series.Metric] = series
		}
	}
	updates = updates[fullest:]
	for i := 0; i < len(updates) && len(described) > 0; i++ {
		for _, event := range updates[i].Events {
			if series, is := described[event.Metric]; is {
				updates[i].Series = append(updates[i].Series, series)
				delete(described, event.Metric)
			}
		}
	}
	return updates
}

// updates reads what a host sent from an instant to another. It is read as exports are, which have no bound on the number of
// series.
func (r *remembered) updates(ctx context.Context, host string, from, to time.Time, families []metric.Family) ([]metric.Update, error) {
	result := history.Result{Host: host}
	selection := history.Selection{Host: host, From: metric.TimestampOf(from), To: metric.TimestampOf(to)}
	err := r.store.Export(ctx, selection, func(piece history.ExportPiece) error {
		result.Timelines = append(result.Timelines, slices.Clone(piece.Timestamps)) // it is only lent
		result.Series = append(result.Series, history.SeriesResult{
			Series: piece.Series, Timeline: len(result.Timelines) - 1, Values: slices.Clone(piece.Values),
		})
		return nil
	})
	return result.Updates(families), err
}

// markPushed notes which series nobody measures here. History may not know it: what a series is comes to the disk a little
// after its first samples.
func markPushed(source collect.Source, update metric.Update) {
	if len(update.Series) == 0 {
		return
	}
	isSampled := slices.ContainsFunc(source.Hosts(), func(host metric.Host) bool { return host.Name == update.Host })
	for i, series := range update.Series {
		isKnown := slices.ContainsFunc(source.Families(), func(family metric.Family) bool { return family.Name == series.Family })
		if !isSampled || !isKnown {
			update.Series[i].Custom, update.Series[i].Every = true, 0
		}
	}
}

// inventPast records what the invented machines would have sent before now, where there is nothing of it yet. What passes while
// the rest is prepared is made up for by [application.prefill].
func (r *remembered) inventPast(ctx context.Context, simulation *collect.Simulation, options settings.Settings) error {
	round := time.Duration(slowest(simulation.Families())) * options.Interval
	at := time.Now().Add(-max(options.SimulatePast, options.Backfill) - round).Truncate(options.Interval)
	if newest := r.store.Usage().Newest.Time(); newest.After(at) {
		at = newest.Truncate(options.Interval).Add(options.Interval)
	}
	const ringBytes, ticksBetweenWaits = 64 << 20, 500
	bus := hub.New(hub.Options{
		Interval: options.Interval, Backfill: 31 * 24 * time.Hour, MaxBytes: ringBytes, Families: simulation.Families(),
	})
	for _, host := range simulation.Hosts() {
		bus.Describe(host)
	}
	recorder, err := history.NewRecorder(history.RecorderOptions{Bus: bus, Store: r.store, Logger: r.logger})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var actors errgroup.Group
	actors.Go(func() error { return recorder.Run(ctx) })
	progress := newInvention(at, len(simulation.Hosts()), r.logger)
	for tick := uint64(0); at.Before(time.Now()) && ctx.Err() == nil && err == nil; tick++ { // it goes on meanwhile
		progress.tell(at)
		for _, update := range simulation.Sample(ctx, at, tick) {
			bus.Publish(update)
		}
		if at = at.Add(options.Interval); tick%ticksBetweenWaits == 0 {
			err = recorder.Await(ctx, 0, bus.Serial())
		}
	}
	err = errors.Join(err, recorder.Await(ctx, 0, bus.Serial()))
	cancel()
	return errors.Join(err, actors.Wait())
}

// invention tells how an invented past comes along: nobody is served before it is there.
type invention struct {
	from   time.Time
	begun  time.Time
	told   time.Time
	logger zerolog.Logger
}

const (
	inventionToldEach = 10 * time.Second
	shortInvention    = time.Minute // what is invented of such a time is there at once
)

func newInvention(from time.Time, hosts int, logger zerolog.Logger) *invention {
	now := time.Now()
	if length := now.Sub(from); length >= shortInvention {
		logger.Info().Stringer("length", length.Truncate(time.Second)).Int("hosts", hosts).
			Msg("inventing the past; it is served when all is there")
	}
	return &invention{from: from, begun: now, told: now, logger: logger}
}

func (i *invention) tell(at time.Time) {
	now := time.Now()
	if now.Sub(i.told) < inventionToldEach {
		return
	}
	i.told = now
	share := float64(at.Sub(i.from)) / float64(now.Sub(i.from))
	i.logger.Info().Int("percent", int(100*share)).Stringer("took", now.Sub(i.begun).Truncate(time.Second)).Msg("inventing the past")
}
