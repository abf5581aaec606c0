package bench

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"vitals/internal/wire"
)

// Format is how messages are encoded.
type Format string

// The formats.
const (
	FormatJSON Format = "json"
	FormatCBOR Format = "cbor"
)

func codecOf(format Format) wire.Codec {
	if format == FormatCBOR {
		return wire.CBOR{}
	}
	return wire.JSON{}
}

// LoadOptions say who comes. All fields but the last three are wanted.
type LoadOptions struct {
	URL     string
	Form    Form
	Format  Format
	Viewers int      // in all
	Slow    int      // how many of them read SlowBytes a second and no more
	Stalled int      // how many of them read nothing after the handshake
	Globs   []string // which series; none means all
	Ramp    time.Duration
	// Progress is called now and then while viewers connect; nil for nobody.
	Progress func(connected int)
}

// SlowBytes is what a slow viewer reads in a second.
const SlowBytes = 1 << 10

// A viewer that does not read what it gets has a small buffer, so that the kernel does not hide it from the server.
const tightBufferBytes = 4 << 10

// maxMessageBytes bounds what is kept of a message that does not end; a viewer whose server sends such a one leaves.
const maxMessageBytes = 1 << 20

// Load is many viewers. It is used by one goroutine.
type Load struct {
	target  target
	options LoadOptions
	poller  int
	viewers map[int32]*viewer
	slow    []*viewer
	slowAt  time.Time // when slow viewers read again
	buffer  [64 << 10]byte

	counting bool
	fast     Ledger // of those that read at once
	tardy    Ledger // of the slow ones
	delaysMs []float64
}

// viewer is one connection.
type viewer struct {
	socket   int
	pace     pace
	rest     []byte  // the beginning of a message that is not complete yet
	position uint64  // of the last row
	seconds  float64 // timestamp of the last row, to count the ticks of a plain stream
}

type pace byte

const (
	paceFast pace = iota
	paceSlow
	paceStalled
)

// NewLoad prepares viewers; Connect lets them come, Close lets them go.
func NewLoad(options LoadOptions) (*Load, error) {
	where, err := parseTarget(options.URL)
	if err != nil {
		return nil, err
	}
	if err := checkFileLimit(options.Viewers); err != nil {
		return nil, err
	}
	poller, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("wait for many: %w", err)
	}
	return &Load{target: where, options: options, poller: poller, viewers: make(map[int32]*viewer, options.Viewers)}, nil
}

// checkFileLimit wants a descriptor for each viewer.
func checkFileLimit(viewers int) error {
	const spare = 64
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("read limit of open files: %w", err)
	}
	if uint64(viewers)+spare > limit.Cur {
		return fmt.Errorf("%d viewers need more open files than this process may have (%d); raise it by ulimit -n, or take fewer",
			viewers, limit.Cur)
	}
	return nil
}

// Close cuts all connections.
func (l *Load) Close() {
	for _, viewer := range l.viewers {
		_ = unix.Close(viewer.socket) // viewers have nothing left to say
	}
	clear(l.viewers)
	_ = unix.Close(l.poller)
}

// Connected counts the viewers that are still there.
func (l *Load) Connected() int { return len(l.viewers) }

// Connect lets the viewers come, one after the other, spread over the ramp.
func (l *Load) Connect(ctx context.Context) error {
	began := time.Now()
	for number := range l.options.Viewers {
		due := began.Add(l.options.Ramp * time.Duration(number) / time.Duration(l.options.Viewers))
		if err := l.Watch(ctx, due); err != nil {
			return err
		}
		if err := l.connect(number); err != nil {
			return fmt.Errorf("viewer %d: %w", number+1, err)
		}
		const often = 64
		if number%often == 0 { // the first ones must not fill up while the last ones connect
			if err := l.poll(0); err != nil {
				return err
			}
			if l.options.Progress != nil {
				l.options.Progress(number)
			}
		}
	}
	return nil
}

func (l *Load) connect(number int) error {
	added := &viewer{pace: l.paceOf(number)}
	receiveBytes := 0
	if added.pace != paceFast {
		receiveBytes = tightBufferBytes
	}
	socket, err := l.target.dial(number, receiveBytes)
	if err != nil {
		return err
	}
	added.socket = socket
	if l.options.Form != raw {
		if added.rest, err = l.target.shakeHands(socket, l.options); err != nil {
			_ = unix.Close(socket) // it never became a viewer
			return err
		}
	}
	if err := unix.SetNonblock(socket, true); err != nil {
		return fmt.Errorf("make socket nonblocking: %w", err)
	}
	l.viewers[int32(socket)] = added
	interest := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(socket)}
	switch added.pace {
	case paceSlow:
		l.slow = append(l.slow, added)
		interest.Events = unix.EPOLLRDHUP
	case paceStalled:
		interest.Events = unix.EPOLLRDHUP
	case paceFast:
		l.take(added, nil, time.Now())
	}
	return unix.EpollCtl(l.poller, unix.EPOLL_CTL_ADD, socket, &interest)
}

// paceOf puts the stalled and the slow viewers between the others, not at one end.
func (l *Load) paceOf(number int) pace {
	lame := l.options.Stalled + l.options.Slow
	share := func(count int) int { return (number + 1) * count / l.options.Viewers }
	before := func(count int) int { return number * count / l.options.Viewers }
	if lame == 0 || share(lame) == before(lame) {
		return paceFast
	}
	if rank := share(lame); rank*l.options.Stalled/lame != (rank-1)*l.options.Stalled/lame {
		return paceStalled
	}
	return paceSlow
}

// Begin starts to count.
func (l *Load) Begin() {
	l.counting, l.fast, l.tardy, l.delaysMs = true, Ledger{}, Ledger{}, l.delaysMs[:0]
}

// End stops to count and says what the fast and the slow viewers saw, and how late, in milliseconds, the rows of the fast
// ones were.
func (l *Load) End() (fast, slow Ledger, delaysMs []float64) {
	l.counting = false
	return l.fast, l.tardy, l.delaysMs
}

// Watch lets the viewers read until a moment.
func (l *Load) Watch(ctx context.Context, until time.Time) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		left := time.Until(until)
		if left <= 0 {
			return nil
		}
		const patience = 20 * time.Millisecond // how late a moment may be noticed
		if err := l.poll(min(left, patience)); err != nil {
			return err
		}
	}
}
