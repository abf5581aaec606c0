package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"vitals/cmd/vitals/settings"
	"vitals/internal/collect"
	"vitals/internal/history"
	"vitals/internal/hub"
	"vitals/internal/ingest"
	"vitals/internal/metric"
	"vitals/internal/promapi"
	"vitals/internal/snapshot"
)

// remembered is what there was before this process: the store, and the folder that it is in.
type remembered struct {
	store     *history.TSDB
	folder    string
	temporary bool // the folder goes with the process
	logger    zerolog.Logger
}

// filesOfOwner takes from all others what a file is created with. The database creates its own for all to read; the folder
// keeps others out, but what is copied from it keeps its mode. Who sets it creates no files elsewhere.
const filesOfOwner = 0o077

// remember opens history, with a past that is invented where machines are; nil if none is to be kept.
func (c *serveCommand) remember(ctx context.Context, source collect.Source, logger zerolog.Logger) (*remembered, error) {
	if !c.KeepsHistory() {
		return nil, nil
	}
	syscall.Umask(filesOfOwner)
	r := &remembered{logger: logger, temporary: c.Source == "simulate" && c.Data == ""}
	if err := r.open(c.Settings, source.Families()); err != nil {
		r.removeTemporary()
		return nil, err
	}
	if simulation, isSimulated := source.(*collect.Simulation); isSimulated {
		if err := r.inventPast(ctx, simulation, c.Settings); err != nil {
			logger.Warn().Err(err).Msg("the past could not be invented")
		}
	}
	return r, nil
}

func (r *remembered) open(options settings.Settings, families []metric.Family) (err error) {
	sync, err := options.SyncPolicy()
	if err != nil {
		return err
	}
	if r.temporary {
		r.folder, err = os.MkdirTemp("", "vitals-simulation-")
	} else {
		r.folder, err = options.DataFolder()
	}
	if err != nil {
		return fmt.Errorf("find a place for history: %w", err)
	}
	r.store, err = history.Open(history.Options{
		Dir: r.folder, RetentionTime: options.RetentionTime, RetentionBytes: int64(options.RetentionSize), Sync: sync,
		Families: families, Backfill: options.Backfill, Logger: r.logger,
	})
	return err
}

// close makes what was recorded safe. Nothing is to be remembered if r is nil.
func (r *remembered) close() {
	if r == nil {
		return
	}
	if err := r.store.Close(); err != nil {
		r.logger.Error().Err(err).Msg("history was not closed cleanly")
	}
	r.removeTemporary()
}

func (r *remembered) removeTemporary() {
	if !r.temporary {
		return
	}
	if err := os.RemoveAll(r.folder); err != nil {
		r.logger.Warn().Err(err).Msg("a temporary folder is left behind")
	}
}

// recording is what writes history while the program runs.
type recording struct {
	*remembered
	recorder  *history.Recorder
	snapshots *snapshot.Server // nil if nobody can ask for one
}

// record begins to record what the hub is told from now on.
func (r *remembered) record(bus hub.Bus) (*recording, error) {
	recorder, err := history.NewRecorder(history.RecorderOptions{Bus: bus, Store: r.store, Logger: r.logger})
	if err != nil {
		return nil, err
	}
	lender, err := snapshot.Listen(r.folder, r.store, r.logger)
	if err != nil {
		r.logger.Warn().Err(err).Msg("snapshots cannot be taken while this runs")
		lender = nil
	}
	return &recording{remembered: r, recorder: recorder, snapshots: lender}, nil
}

// hangingTimeout is how long a stop waits for a disk that does not answer; the recorder has committed by then if it can.
const hangingTimeout = 8 * time.Second

// run records until stop is called, which returns when all is written.
func (r *recording) run(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var actors errgroup.Group
	actors.Go(func() error { return r.recorder.Run(ctx) })
	if r.snapshots != nil {
		actors.Go(func() error { return ignore(r.snapshots.Serve(ctx), context.Canceled) })
	}
	ended := make(chan error, 1)
	go func() { ended <- actors.Wait() }()
	return func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				r.logger.Error().Err(err).Msg("recording ended")
			}
		case <-time.After(hangingTimeout):
			r.logger.Error().Msg("the disk does not answer; what came last may be lost")
		}
	}
}

// prometheus is what is asked in PromQL.
func (r *recording) prometheus(options settings.Settings, families []metric.Family) *promapi.Options {
	described := make(map[string]promapi.Metadata, len(families))
	for _, family := range families {
		described[family.Prometheus] = promapi.Metadata{Type: string(family.Kind), Help: family.Help, Every: max(family.Every, 1)}
	}
	return &promapi.Options{
		Storage: r.store.PrometheusQueryable(), Interval: options.Interval, Version: version,
		Metadata: func() map[string]promapi.Metadata { return described },
	}
}

// keeper lets ingestion wait for the recorder, in the words of ingestion. The recorder is set before anything is pushed.
type keeper struct{ recorder *history.Recorder }

// Ready implements [ingest.Keeper].
func (k *keeper) Ready() error { return inWordsOfIngestion(k.recorder.Ready()) }

// Await implements [ingest.Keeper].
func (k *keeper) Await(ctx context.Context, after, upTo uint64) error {
	return inWordsOfIngestion(k.recorder.Await(ctx, after, upTo))
}

// Append implements [ingest.Keeper].
func (k *keeper) Append(ctx context.Context, updates []metric.Update) error {
	return inWordsOfIngestion(k.recorder.Append(ctx, updates))
}

func inWordsOfIngestion(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, history.ErrFull):
		return fmt.Errorf("%w: %w", ingest.ErrStorageFull, err)
	}
	return fmt.Errorf("%w: %w", ingest.ErrStorageUnavailable, err)
}
