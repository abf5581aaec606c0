package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// loadCommand is many viewers in one thread: raw sockets and epoll, so that the viewers take as little as possible of the
// machine that the server needs. It says `ready` when all are connected, counts between the lines `begin` and `end` of its
// input, and then prints what it saw.
type loadCommand struct {
	Address string   `required:"" help:"Where the server listens."`
	Viewers int      `default:"1" help:"How many."`
	Form    loadForm `default:"session" enum:"session,batch,raw" help:"What the viewers ask for."`
}

type loadForm string

const (
	formSession loadForm = "session" // update frames
	formBatch   loadForm = "batch"   // one array of triples a tick
	formRaw     loadForm = "raw"     // no handshake: the floor
)

// loadResult is what all viewers saw between begin and end.
type loadResult struct {
	Deliveries int     // ticks that arrived, over all viewers
	Bytes      int     // on all connections, headers of WebSocket included, those of TCP not
	MedianMs   float64 // from the tick's timestamp to its arrival
	P99Ms      float64
	WorstMs    float64
	Gone       int // connections that the server has closed
	Dropped    int // gap frames
}

// load is the state of the one thread.
type load struct {
	viewers   map[int32]*rawViewer
	counting  bool
	result    loadResult
	delays    []float64
	buffer    [64 << 10]byte
	pollerFD  int
	commands  chan string
	pollError error
}

// rawViewer is one connection: the bytes of a message that is not complete yet.
type rawViewer struct {
	rest []byte
}

// Run connects, counts and prints.
func (c *loadCommand) Run(ctx context.Context) error {
	l := &load{viewers: make(map[int32]*rawViewer, c.Viewers), commands: make(chan string)}
	poller, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("load: epoll: %w", err)
	}
	l.pollerFD = poller
	for number := range c.Viewers {
		if err := l.connect(c.Address, c.Form, number); err != nil {
			return fmt.Errorf("load: viewer %d: %w", number, err)
		}
		if number%64 == 0 { // the first ones must not fill up while the last ones connect
			l.poll(0)
		}
	}
	fmt.Println("ready")
	go l.listen() // ends with the process
	for ctx.Err() == nil {
		select {
		case command := <-l.commands:
			if l.obey(command) {
				return l.print()
			}
		default:
			l.poll(pollPatience)
		}
		if l.pollError != nil {
			return l.pollError
		}
	}
	return nil
}

const pollPatience = 20 // milliseconds; how late a command may be obeyed

func (l *load) listen() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		l.commands <- lines.Text()
	}
	l.commands <- "end"
}

// obey reports the end.
func (l *load) obey(command string) bool {
	l.counting = command == "begin"
	return command == "end"
}

func (l *load) connect(address string, form loadForm, number int) error {
	socket, err := dialRaw(address, number)
	if err != nil {
		return err
	}
	viewer := &rawViewer{}
	if form != formRaw {
		if viewer.rest, err = shakeHands(socket, address, form); err != nil {
			return err
		}
	}
	if err := unix.SetNonblock(socket, true); err != nil {
		return err
	}
	l.viewers[int32(socket)] = viewer
	l.take(viewer, nil, time.Now())
	return unix.EpollCtl(l.pollerFD, unix.EPOLL_CTL_ADD, socket, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(socket)})
}

// poll reads what is there, once, after waiting so many milliseconds at most.
func (l *load) poll(patience int) {
	var events [512]unix.EpollEvent
	count, err := unix.EpollWait(l.pollerFD, events[:], patience)
	if err != nil && !errors.Is(err, unix.EINTR) {
		l.pollError = fmt.Errorf("load: wait: %w", err)
		return
	}
	for _, event := range events[:max(count, 0)] {
		length, err := unix.Read(int(event.Fd), l.buffer[:])
		now := time.Now()
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || length == 0 {
			l.lose(int(event.Fd))
			continue
		}
		l.take(l.viewers[event.Fd], l.buffer[:length], now)
	}
}

func (l *load) lose(socket int) {
	_ = unix.Close(socket) // the peer has gone already
	delete(l.viewers, int32(socket))
	l.result.Gone++
}

// take cuts what came into messages and keeps the rest.
func (l *load) take(viewer *rawViewer, data []byte, now time.Time) {
	if l.counting {
		l.result.Bytes += len(data)
	}
	if len(viewer.rest) > 0 {
		data = append(viewer.rest, data...)
	}
	for {
		message, rest, complete := cutMessage(data)
		if !complete {
			break
		}
		data = rest
		if l.counting {
			l.count(message, now)
		}
	}
	viewer.rest = nil
	if len(data) > 0 {
		viewer.rest = bytes.Clone(data)
	}
}

// cutMessage takes the first WebSocket message off; servers send them without a mask.
func cutMessage(data []byte) (message, rest []byte, complete bool) {
	if len(data) < 2 {
		return nil, data, false
	}
	header, length := 2, int(data[1]&0x7f)
	switch {
	case length == 126 && len(data) >= 4:
		header, length = 4, int(data[2])<<8|int(data[3])
	case length == 127 && len(data) >= 10:
		header, length = 10, int(data[6])<<24|int(data[7])<<16|int(data[8])<<8|int(data[9])
	case length >= 126:
		return nil, data, false
	}
	if len(data) < header+length {
		return nil, data, false
	}
	return data[header : header+length], data[header+length:], true
}

func (l *load) count(message []byte, now time.Time) {
	if bytes.HasPrefix(message, []byte(`{"type":"gap"`)) {
		l.result.Dropped++
		return
	}
	if !bytes.HasPrefix(message, []byte(`{"type":"update"`)) && !bytes.HasPrefix(message, []byte(`[`)) {
		return
	}
	_, behind, found := bytes.Cut(message, []byte(`"timestamp":`))
	end := bytes.IndexAny(behind, ",}")
	if !found || end < 0 {
		return
	}
	seconds, err := strconv.ParseFloat(string(behind[:end]), 64)
	if err != nil {
		return
	}
	l.result.Deliveries++
	l.delays = append(l.delays, float64(now.UnixMicro())/1e3-seconds*1e3)
}

func (l *load) print() error {
	l.result.MedianMs, l.result.P99Ms, l.result.WorstMs = median(l.delays), quantile(l.delays, 0.99), quantile(l.delays, 1)
	if len(l.delays) == 0 {
		return errors.New("load: no tick arrived")
	}
	return json.NewEncoder(os.Stdout).Encode(l.result)
}
