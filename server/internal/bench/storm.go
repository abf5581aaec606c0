package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"vitals/internal/client"
	"vitals/internal/metric"
	"vitals/internal/wire"
)

// StormOptions say what is killed, how often, and who watches.
type StormOptions struct {
	// Start starts a server that listens on an address such as 127.0.0.1:0, and gives its process and the address at which
	// it answers. It is called again, with that address, after each kill.
	Start   func(listen string) (kill func(), address string, err error)
	Viewers int
	Kills   int
	Format  Format
	Globs   []string
	Down    time.Duration // between a kill and the next start
	Log     func(format string, values ...any)
}

// StormResult is what a storm of clients that come back looked like.
type StormResult struct {
	Ledger  Ledger    // over all viewers and the whole time
	Back    []float64 // seconds from the start of a server to the first row that a viewer got of it, each viewer and kill
	Viewers int
}

// Storm lets viewers come, kills the server under them with SIGKILL, starts it again, and waits until every viewer has rows of
// the new one. Each viewer is a client as docs/protocol.md asks for, with a ledger of positions that trusts nobody.
func Storm(ctx context.Context, options StormOptions) (StormResult, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	kill, address, err := options.Start("127.0.0.1:0")
	if err != nil {
		return StormResult{}, err
	}
	defer func() { kill() }()
	server, err := client.ParseAddress(address)
	if err != nil {
		return StormResult{}, err
	}
	var running sync.WaitGroup
	viewers := make([]*stormViewer, options.Viewers)
	for number := range viewers {
		viewers[number] = &stormViewer{number: number, server: server, options: &options}
		running.Go(func() { viewers[number].run(ctx) })
	}
	result := StormResult{Viewers: options.Viewers}
	for round := 0; ; round++ {
		began := time.Now()
		back, err := waitForAll(ctx, viewers, uint64(round), began)
		if err != nil {
			return StormResult{}, err
		}
		options.Log("all %d viewers are there", options.Viewers)
		if round > 0 {
			result.Back = append(result.Back, back...)
		}
		if round == options.Kills {
			break
		}
		kill()
		if err := Sleep(ctx, options.Down); err != nil {
			return StormResult{}, err
		}
		if kill, _, err = options.Start(address); err != nil {
			return StormResult{}, err
		}
	}
	cancel()
	running.Wait()
	for _, viewer := range viewers {
		result.Ledger.add(viewer.ledger)
	}
	return result, nil
}

// waitForAll waits until each viewer has had rows of so many epochs beyond the first, and says after how many seconds it had.
func waitForAll(ctx context.Context, viewers []*stormViewer, epochs uint64, began time.Time) ([]float64, error) {
	const patience, pause = 5 * time.Minute, 20 * time.Millisecond
	seconds := make([]float64, 0, len(viewers))
	for _, viewer := range viewers {
		for viewer.epochs.Load() <= epochs {
			if time.Since(began) > patience || viewer.gaveUp.Load() {
				return nil, fmt.Errorf("viewer %d does not come back: %v", viewer.number, viewer.trouble.Load())
			}
			if err := Sleep(ctx, pause); err != nil {
				return nil, err
			}
		}
		seconds = append(seconds, time.Unix(0, viewer.sinceNano.Load()).Sub(began).Seconds())
	}
	return seconds, nil
}

// stormViewer is one client.
type stormViewer struct {
	number  int
	server  client.Address
	options *StormOptions

	epoch      string // of the server whose rows were seen last
	position   uint64
	unknown    bool   // the epoch is a new one and the gap that must say so has not come
	ledger     Ledger // read it when run has returned
	epochs     atomic.Uint64
	sinceNano  atomic.Int64 // when the first row of the newest epoch came
	trouble    atomic.Value // the last failure, for whoever waits in vain
	gaveUp     atomic.Bool
	dialFailed int
}

// run comes back until the context ends, or the server says not to.
func (v *stormViewer) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := v.watch(ctx)
		v.trouble.Store(fmt.Sprint(err))
		if ctx.Err() == nil && !client.ComesBack(err) {
			v.gaveUp.Store(true)
			return
		}
		const floor, first, last = 250 * time.Millisecond, time.Second, 30 * time.Second
		wait := max(floor, time.Duration(rand.Float64()*float64(min(last, first<<min(v.dialFailed, 5)))))
		if refusal, is := errors.AsType[*client.Refusal](err); is {
			wait = max(wait, refusal.RetryAfter)
		}
		v.dialFailed++
		_ = Sleep(ctx, wait) // the loop looks at the context
	}
}

// watch follows the server's own host over one connection.
func (v *stormViewer) watch(ctx context.Context) error {
	connection, err := client.Dial(ctx, v.server, client.How{Codec: codecOf(v.options.Format), Network: v.dial})
	if err != nil {
		return err
	}
	defer connection.Close()
	hello := connection.Hello()
	subscribe := wire.Subscribe{Metrics: v.options.Globs}
	if v.position > 0 {
		v.unknown = hello.Epoch != v.epoch
		subscribe.Since = map[string]metric.Position{hello.Hosts[0].Name: {Epoch: v.epoch, Seq: v.position}}
	}
	if err := connection.Send(ctx, subscribe); err != nil {
		return err
	}
	for {
		frame, err := connection.Read(ctx)
		if err != nil {
			return err
		}
		v.take(hello.Epoch, frame)
	}
}

// dial connects from one of several addresses, as viewers of many machines do.
func (v *stormViewer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+v.number/viewersPerAddress))}}
	return dialer.DialContext(ctx, network, address)
}

func (v *stormViewer) take(epoch string, frame wire.Frame) {
	switch frame := frame.(type) {
	case wire.Gap:
		if v.unknown {
			v.unknown, v.position = false, 0
		}
		v.ledger.Gaps++
		v.ledger.Dropped += int(frame.Dropped)
		v.position = max(v.position, frame.To)
	case wire.Snapshot:
		for i := range frame.Timestamps {
			seq := frame.Seq + uint64(i)
			if i < len(frame.Seqs) {
				seq = frame.Seqs[i]
			}
			first := seq
			if i == 0 && frame.From > 0 {
				first = frame.From
			} else if i > 0 && len(frame.Seqs) > 0 {
				first = frame.Seqs[i-1] + 1
			}
			v.row(epoch, first, seq)
		}
	case wire.Update:
		first := frame.Seq
		if frame.From > 0 {
			first = frame.From
		}
		v.row(epoch, first, frame.Seq)
	}
}

// row enters a row into the ledger.
func (v *stormViewer) row(epoch string, first, last uint64) {
	if v.unknown { // rows of another server, and no word of what was lost
		v.unknown, v.position = false, 0
		v.ledger.Lost++
	}
	v.ledger.Deliveries++
	switch {
	case v.position > 0 && last <= v.position:
		v.ledger.Duplicates++
	case v.position > 0 && first > v.position+1:
		v.ledger.Lost += int(first - v.position - 1)
	}
	v.position = max(v.position, last)
	if v.epoch != epoch {
		v.epoch, v.dialFailed = epoch, 0
		v.sinceNano.Store(time.Now().UnixNano())
		v.epochs.Add(1)
	}
}

// StartServer starts this program, or another one, as a server that can be killed.
func StartServer(ctx context.Context, binary, listen string, arguments ...string) (kill func(), address string, err error) {
	all := append([]string{"serve", "--listen", listen, "--log-level", "error", "--static", "none"}, arguments...)
	process, err := Launch(ctx, binary, all...)
	if err != nil {
		return nil, "", err
	}
	address, err = process.Address()
	if err != nil {
		process.Stop()
		return nil, "", err
	}
	return func() {
		if process.HasEnded() == nil {
			_ = syscall.Kill(process.PID, syscall.SIGKILL)
			<-process.ended
		}
	}, address, nil
}
