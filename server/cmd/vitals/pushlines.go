package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"vitals/internal/metric"
	"vitals/internal/wire"
)

const pushLineBytes = 64 << 10

// readLines puts the lines of the input into the spool. Those that cannot be read are refused at once.
func (c *pushCommand) readLines(in io.Reader, spool *pushSpool) {
	defer spool.end()
	reader := bufio.NewReaderSize(in, pushLineBytes)
	for number := 1; ; number++ {
		text, tooLong, err := readLine(reader)
		origin := fmt.Sprintf("line %d", number)
		if tooLong {
			spool.sender.refuse(origin, fmt.Sprintf("has more than %d bytes", pushLineBytes))
		} else if text = strings.TrimSpace(text); text != "" && text[0] != '#' {
			c.readEvent(origin, text, spool)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				spool.sender.refuse(origin, err.Error())
			}
			return
		}
	}
}

// readLine reads one line; of one that is too long it passes over the rest.
func readLine(reader *bufio.Reader) (text string, tooLong bool, err error) {
	line, err := reader.ReadSlice('\n')
	text = string(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		tooLong = true
		_, err = reader.ReadSlice('\n')
	}
	return text, tooLong, err
}

func (c *pushCommand) readEvent(origin, text string, spool *pushSpool) {
	event, err := c.parseLine(text)
	if err != nil {
		spool.sender.refuse(origin, err.Error())
		return
	}
	if event.Timestamp == nil {
		now := metric.TimestampOf(time.Now()) // so that it may wait, and be sent twice
		event.Timestamp = &now
	}
	spool.put(newPushLine(origin, event))
}

// parseLine reads METRIC VALUE [TIMESTAMP], or an event as JSON.
func (c *pushCommand) parseLine(text string) (wire.PushedEvent, error) {
	if text[0] == '{' {
		return c.parseJSON(text)
	}
	name, rest := cutName(text)
	fields := strings.Fields(rest)
	if len(fields) != 1 && len(fields) != 2 {
		return wire.PushedEvent{}, fmt.Errorf("%.100q is not allowed; allowed is METRIC VALUE, or METRIC VALUE TIMESTAMP", text)
	}
	event, err := c.event(name, fields[0])
	if err == nil && len(fields) == 2 {
		var at metric.TimestampMs
		at, err = parseTime(fields[1])
		event.Timestamp = &at
	}
	return event, err
}

func (c *pushCommand) parseJSON(text string) (wire.PushedEvent, error) {
	event, err := wire.DecodePushedEvent([]byte(text))
	if err != nil {
		return wire.PushedEvent{}, err
	}
	if c.Host != "" {
		event.Host = c.Host
	}
	return event, checkEvent(event)
}

// cutName cuts the name off a line. Values of labels may have spaces.
func cutName(text string) (name, rest string) {
	space := strings.IndexAny(text, " \t")
	brace := strings.IndexByte(text, '{')
	switch {
	case brace < 0 && space < 0:
		return text, ""
	case brace < 0 || space >= 0 && space < brace:
		return text[:space], text[space:]
	}
	for i := brace; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '}':
			return text[:i+1], text[i+1:]
		}
	}
	return text, ""
}
