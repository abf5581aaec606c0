package stream

import (
	"fmt"

	"vitals/internal/hub"
	"vitals/internal/wire"
)

// kind is what this viewer shares with others, beside its globs.
func (r viewerRequest) kind() kind {
	named := r.allHosts || len(r.hosts) > 1
	return kind{transport: r.transport, shape: r.shape, format: r.format, envelope: r.envelope, named: named}
}

// wishFor queues what a viewer asked for when it came.
func (v *viewer) wishFor(request viewerRequest) {
	wanted := hub.Wish{Backfill: request.backfill, Interval: request.interval, Replay: v.kind.shape != shapeSession}
	if request.resume != nil {
		v.comeBack(request, &wanted)
	}
	if request.allHosts {
		v.followAll(request, wanted)
		return
	}
	hosts := request.hosts
	if len(hosts) == 0 {
		hosts = []string{v.streams.ownHost()}
	}
	for i, host := range hosts {
		wanted.Since = position(request.since, host)
		v.wish(host, fmt.Sprintf("hosts[%d]", i), request, wanted)
	}
}

func (v *viewer) wish(host, field string, request viewerRequest, wanted hub.Wish) {
	one := request.wish(wanted)
	one.host, one.field = host, field
	v.wishes = append(v.wishes, one)
}

// wish is what the request wants of each host.
func (r viewerRequest) wish(wanted hub.Wish) wish {
	return wish{globs: r.globs, envelope: r.envelope, hub: wanted}
}

// comeBack begins behind the last event that the viewer has.
func (v *viewer) comeBack(request viewerRequest, wanted *hub.Wish) {
	have := *request.resume
	if have.epoch != v.streams.bus.Epoch() {
		v.tellGap(wire.Gap{Host: v.firstHost(request)}) // nobody knows what was missed
		wanted.Backfill = v.streams.backfill            // what there is, it does not have
		return
	}
	if have.conflation > request.interval { // the id counts rows of that interval
		v.conflation = have.conflation
		v.pulse.calm.Store(v.streams.calm)
		v.pulse.slowedAt.Store(v.streams.beat.Load())
	}
	behind := have.serial
	if have.part > 0 {
		v.resume = &have
		behind-- // the rest of the tick comes first
	}
	wanted.Serial = &behind
	v.served = messageID{serial: behind, conflation: v.conflation}
}

func (v *viewer) firstHost(request viewerRequest) string {
	if len(request.hosts) > 0 {
		return request.hosts[0]
	}
	return v.streams.ownHost()
}

// followAll begins the streams of all hosts. To a session the past of each that is there comes as one that it had named.
func (v *viewer) followAll(request viewerRequest, wanted hub.Wish) {
	isSession := v.kind.shape == shapeSession
	v.every = request.wish(hub.Wish{Interval: wanted.Interval})
	first := wanted
	first.Interval = max(first.Interval, v.conflation)
	if isSession {
		first = hub.Wish{Interval: wanted.Interval}
	}
	starts, err := v.subscription.FollowAll(first)
	if err != nil {
		v.refuse(wish{field: "host", host: "*"}, err)
		return
	}
	v.wide = &membership{viewer: v}
	v.lane.joinWide(v.wide)
	for _, start := range starts {
		if isSession {
			v.wish(start.Host.Name, "host", request, wanted)
			continue
		}
		follow := v.attach(start.Catalog, v.every, start.Behind)
		if start.Lost != nil {
			v.tellLost(follow, start)
		}
	}
}
