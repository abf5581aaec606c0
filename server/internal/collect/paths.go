package collect

import (
	"cmp"
	"context"
	"os"
	"path/filepath"

	"github.com/shirou/gopsutil/v3/common"
)

// paths says where the kernel's and the machine's files are.
type paths struct {
	proc, sys, etc string
	rootfs         string // where the root of the host is mounted, "" for our own root
}

// resolvePaths honours HOST_PROC, HOST_SYS and HOST_ETC before the rootfs, and that before our own root.
func resolvePaths(rootfs string) paths {
	rootfs = filepath.Clean(cmp.Or(rootfs, "/"))
	resolved := paths{
		proc: cmp.Or(os.Getenv("HOST_PROC"), filepath.Join(rootfs, "proc")),
		sys:  cmp.Or(os.Getenv("HOST_SYS"), filepath.Join(rootfs, "sys")),
		etc:  cmp.Or(os.Getenv("HOST_ETC"), filepath.Join(rootfs, "etc")),
	}
	if rootfs != "/" {
		resolved.rootfs = rootfs
	}
	return resolved
}

// context carries the paths to gopsutil.
func (p paths) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, common.EnvKey, p.environment())
}

// mountContext makes gopsutil list our own mounts when it is our own root that is asked for their space: the names that the
// host's init has for its mounts mean something else there. Else it lists those of init.
func (p paths) mountContext(ctx context.Context) context.Context {
	environment := p.environment()
	if p.rootfs == "" {
		environment["HOST_PROC_MOUNTINFO"] = "/proc/self/mountinfo"
	}
	return context.WithValue(ctx, common.EnvKey, environment)
}

func (p paths) environment() common.EnvMap {
	return common.EnvMap{
		common.HostProcEnvKey: p.proc,
		common.HostSysEnvKey:  p.sys,
		common.HostEtcEnvKey:  p.etc,
		common.HostRootEnvKey: cmp.Or(p.rootfs, "/"),
		common.HostDevEnvKey:  filepath.Join("/", p.rootfs, "dev"),
		common.HostRunEnvKey:  filepath.Join("/", p.rootfs, "run"),
		common.HostVarEnvKey:  filepath.Join("/", p.rootfs, "var"),
	}
}

func (p paths) isOwn() bool { return p.proc == "/proc" && p.rootfs == "" }

// networkCounters is the file of the host's network namespace. Through the procfs of another namespace that is the one of
// its init: net/dev belongs to whoever reads it.
func (p paths) networkCounters() string {
	ofInit := filepath.Join(p.proc, "1", "net", "dev")
	if !p.isOwn() {
		if _, err := os.Stat(ofInit); err == nil {
			return ofInit
		}
	}
	return filepath.Join(p.proc, "net", "dev")
}
