package collect

import (
	"bufio"
	"cmp"
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/shirou/gopsutil/v3/cpu"
	"github.com/shirou/gopsutil/v3/host"
	"github.com/shirou/gopsutil/v3/mem"
	"golang.org/x/sys/unix"

	"vitals/internal/metric"
)

// describeHost reads what does not change while the machine runs. What cannot be read stays empty. No program is started
// (host.Info would start several).
func describeHost(ctx context.Context, paths paths) metric.Host {
	described := metric.Host{
		Hostname:  hostname(paths),
		Addresses: addresses(paths.sys),
		OS:        operatingSystem(paths),
	}
	described.Name = metric.CleanHostName(described.Hostname)
	described.Kernel, described.Architecture = kernel()
	if processors, err := cpu.InfoWithContext(ctx); err == nil && len(processors) > 0 {
		described.CPUModel = processorModel(processors[0].ModelName)
		described.CPUCount = len(processors)
		described.Virtualization = virtualization(ctx, paths, slices.Contains(processors[0].Flags, "hypervisor"))
	}
	if memory, err := mem.VirtualMemoryWithContext(ctx); err == nil {
		described.MemoryBytes = memory.Total
	}
	if seconds, err := bootTime(paths.proc); err == nil {
		described.BootTime = metric.TimestampMs(seconds * 1000)
	}
	return described
}

// hostname is what the machine calls itself. Inside of a container the kernel tells the container's name, so the host's
// file goes first there.
func hostname(paths paths) string {
	if paths.etc != "/etc" {
		if text, err := os.ReadFile(filepath.Join(paths.etc, "hostname")); err == nil {
			if name := strings.TrimSpace(string(text)); name != "" {
				return name
			}
		}
	}
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return cmp.Or(name, "localhost")
}

// operatingSystem is the pretty name of os-release(5), such as Debian GNU/Linux 12 (bookworm).
func operatingSystem(paths paths) string {
	for _, path := range []string{
		filepath.Join(paths.etc, "os-release"), filepath.Join("/", paths.rootfs, "usr", "lib", "os-release"),
	} {
		if text, err := os.ReadFile(path); err == nil {
			return prettyName(string(text))
		}
	}
	return "Linux"
}

func prettyName(release string) string {
	fields := make(map[string]string)
	for line := range strings.Lines(release) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		fields[key] = strings.Trim(value, `"'`)
	}
	named := strings.TrimSpace(fields["NAME"] + " " + cmp.Or(fields["VERSION"], fields["VERSION_ID"]))
	return cmp.Or(fields["PRETTY_NAME"], named, "Linux")
}

// processorModel tidies up the kernel's name of a processor; gopsutil calls the ones it does not know Undefined.
func processorModel(name string) string {
	if name == "Undefined" {
		return ""
	}
	return strings.Join(strings.Fields(name), " ")
}

// virtualization names what the machine is a guest of, such as kvm guest. gopsutil knows containers and old hypervisors;
// of others the processor tells that they exist, and the firmware who made them.
func virtualization(ctx context.Context, paths paths, hypervisor bool) string {
	if system, role, err := host.VirtualizationWithContext(ctx); err == nil && role == "guest" && system != "" {
		return system + " guest"
	}
	if !hypervisor {
		return ""
	}
	vendor, err := os.ReadFile(filepath.Join(paths.sys, "class", "dmi", "id", "sys_vendor"))
	if name := strings.TrimSpace(string(vendor)); err == nil && name != "" {
		return name + " guest"
	}
	return "virtual machine"
}

// kernel returns the kernel's name with its release, such as Linux 6.1.0, and the architecture.
func kernel() (release, architecture string) {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return "", ""
	}
	release = unix.ByteSliceToString(name.Sysname[:]) + " " + unix.ByteSliceToString(name.Release[:])
	return release, unix.ByteSliceToString(name.Machine[:])
}

// bootTime reads the unix seconds of the line btime of stat.
func bootTime(proc string) (int64, error) {
	file, err := os.Open(filepath.Join(proc, "stat"))
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }() // opened for reading: nothing can be lost
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20) // the line of interrupts is long on large machines
	for lines.Scan() {
		if text, found := strings.CutPrefix(lines.Text(), "btime "); found {
			return strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		}
	}
	return 0, cmp.Or(lines.Err(), os.ErrNotExist)
}

// addresses are those under which others reach the machine: global ones of real interfaces.
func addresses(sys string) []string {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil
	}
	var found []string
	for _, device := range interfaces {
		if device.Flags&net.FlagUp == 0 || isVirtualInterface(sys, device.Name) {
			continue
		}
		networks, err := device.Addrs()
		if err != nil {
			continue
		}
		for _, network := range networks {
			if address, ok := network.(*net.IPNet); ok && address.IP.IsGlobalUnicast() {
				found = append(found, address.IP.String())
			}
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { // IPv4 first: it is what people type
		return cmp.Compare(strings.Count(a, ":"), strings.Count(b, ":"))
	})
	return found
}
