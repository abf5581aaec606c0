package stream

import (
	"fmt"

	"vitals/internal/hub"
	"vitals/internal/wire"
)

// kind is what this viewer shares with others, beside its globs.
func (r viewerRequest) kind() kind {
	return kind{transport: r.transport, shape: r.shape, format: r.format, envelope: r.envelope, named: r.allHosts}
}

// wishFor queues what a viewer asked for when it came.
func (v *viewer) wishFor(request viewerRequest) {
	v.globs = request.globs
	wanted := hub.Wish{Backfill: request.backfill, Interval: request.interval, Replay: v.kind.shape != shapeSession}
	if request.resume != nil {
		v.comeBack(request, &wanted)
	}
	if request.allHosts {
		v.followAll(wanted)
		return
	}
	hosts := request.hosts
	if len(hosts) == 0 {
		hosts = []string{v.streams.ownHost()}
	}
	for i, host := range hosts {
		wanted.Since = position(request.since, host)
		v.wishes = append(v.wishes, wish{
			host: host, field: fmt.Sprintf("hosts[%d]", i), globs: request.globs, envelope: request.envelope, hub: wanted,
		})
	}
}

// comeBack begins behind the last event that the viewer has.
func (v *viewer) comeBack(request viewerRequest, wanted *hub.Wish) {
	have := *request.resume
	if have.epoch != v.streams.bus.Epoch() {
		v.tellGap(wire.Gap{Host: v.firstHost(request)}) // nobody knows what was missed
		return
	}
	if have.part > 0 {
		v.resume = &have
		have.serial-- // the rest of the tick comes first
	}
	wanted.Serial = &have.serial
}

func (v *viewer) firstHost(request viewerRequest) string {
	if len(request.hosts) > 0 {
		return request.hosts[0]
	}
	return v.streams.ownHost()
}

// followAll begins the streams of all hosts.
func (v *viewer) followAll(wanted hub.Wish) {
	starts, err := v.subscription.FollowAll(wanted)
	if err != nil {
		v.end(fmt.Errorf("follow all hosts: %w", err))
		return
	}
	v.wide = &seat{viewer: v}
	v.lane.sitWide(v.wide)
	for _, start := range starts {
		follow := v.attach(start.Host.Name, v.kind, v.globs, start.Catalog)
		if start.Lost != nil {
			v.tellLost(follow, start)
		}
	}
}
