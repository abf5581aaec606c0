package collect

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shirou/gopsutil/v3/disk"
)

// hiddenTypes are file systems of the kernel, in memory, inside of images, or made of others: none of them fills a disk
// of its own.
func hiddenTypes() []string {
	return []string{
		"autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "cramfs", "debugfs", "devpts", "devtmpfs", "efivarfs",
		"erofs", "fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.portal", "fusectl", "hugetlbfs", "iso9660", "mqueue", "nsfs", "overlay",
		"proc", "pstore", "ramfs", "rpc_pipefs", "securityfs", "selinuxfs", "squashfs", "sysfs", "tmpfs", "tracefs", "udf",
	}
}

// mountLister lists the mounts that are shown. It asks the kernel's table only, so it cannot hang on a dead server.
type mountLister struct {
	ctx    context.Context
	rootfs string // where the root of the host is mounted, or ""
	filter filter
}

// list returns mount points as the host names them, sorted. Of several mounts of one file system the one with the
// shortest name stands for all.
func (l mountLister) list() ([]string, error) {
	partitions, err := disk.PartitionsWithContext(l.ctx, true)
	if err != nil {
		return nil, fmt.Errorf("list mounts: %w", err)
	}
	byPoint := make(map[string]disk.PartitionStat, len(partitions))
	for _, partition := range partitions {
		byPoint[partition.Mountpoint] = partition // a later mount hides an earlier one
	}
	byDevice := make(map[string]string)
	for point, partition := range byPoint {
		if !l.filter.allows(isUsualMount(partition), point, partition.Fstype) {
			continue
		}
		key := deviceKey(partition)
		if best, found := byDevice[key]; !found || isBetterName(point, best) {
			byDevice[key] = point
		}
	}
	points := make([]string, 0, len(byDevice))
	for _, point := range byDevice {
		points = append(points, point)
	}
	slices.Sort(points)
	return points, nil
}

// path is where this process finds a mount point of the host.
func (l mountLister) path(point string) string {
	if l.rootfs == "" {
		return point
	}
	return filepath.Join(l.rootfs, point)
}

func isUsualMount(partition disk.PartitionStat) bool {
	if partition.Mountpoint == "/" { // the root of a container is an overlay, and worth showing
		return partition.Fstype != "rootfs"
	}
	if slices.Contains([]string{"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}, partition.Mountpoint) {
		return false // put in place by container engines
	}
	return !slices.Contains(hiddenTypes(), partition.Fstype)
}

// deviceKey tells file systems apart. What has no device of its own (tmpfs) is known by its mount point.
func deviceKey(partition disk.PartitionStat) string {
	if strings.ContainsAny(partition.Device, "/:") || partition.Fstype == "zfs" {
		return partition.Fstype + " " + partition.Device
	}
	return "at " + partition.Mountpoint
}

func isBetterName(point, best string) bool {
	if len(point) != len(best) {
		return len(point) < len(best)
	}
	return point < best
}
