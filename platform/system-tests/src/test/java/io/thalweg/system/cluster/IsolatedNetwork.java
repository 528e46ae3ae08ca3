package io.thalweg.system.cluster;

import io.thalweg.system.node.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Network namespaces for three nodes and a client, joined by a bridge in a namespace of its own: nothing of it touches the
 * machine's network. Connections are cut in silence, as by a switch that fails. Needs root on Linux and iproute2;
 * {@link #available} tells.
 */
final class IsolatedNetwork implements AutoCloseable {

    /** Where the clients are. */
    static final int CLIENT = 9;

    private static final List<Integer> PLACES = List.of(1, 2, 3, CLIENT);
    private static final String NOBODY = "02:00:00:00:00:fe";

    private final String prefix;

    private IsolatedNetwork(String prefix) {
        this.prefix = prefix;
    }

    static boolean available() {
        return "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/usr/sbin/ip"));
    }

    /** Makes the namespaces. */
    static IsolatedNetwork create() throws IOException, InterruptedException {
        IsolatedNetwork network = of("tw" + ProcessHandle.current().pid() % 100_000);
        try {
            network.make();
            return network;
        } catch (IOException | InterruptedException failure) {
            network.close();
            throw failure;
        }
    }

    /** The network of this prefix, which another process made. */
    static IsolatedNetwork of(String prefix) {
        return new IsolatedNetwork(prefix);
    }

    private void make() throws IOException, InterruptedException {
        ip("netns", "add", bridge());
        ip("-n", bridge(), "link", "add", "br0", "type", "bridge");
        ip("-n", bridge(), "link", "set", "br0", "up");
        for (int place : PLACES) {
            String cable = "v" + prefix + "-" + place;
            ip("netns", "add", space(place));
            ip("link", "add", cable, "netns", bridge(), "type", "veth", "peer", "name", "eth0", "netns", space(place));
            ip("-n", bridge(), "link", "set", cable, "master", "br0", "up");
            ip("-n", space(place), "addr", "add", host(place) + "/24", "dev", "eth0");
            ip("-n", space(place), "link", "set", "eth0", "up");
            ip("-n", space(place), "link", "set", "lo", "up");
        }
    }

    String prefix() {
        return prefix;
    }

    static String host(int place) {
        return "10.77.0." + place;
    }

    private String bridge() {
        return prefix + "-sw";
    }

    private String space(int place) {
        return prefix + "-" + place;
    }

    /** What to put before a command so that it runs there. */
    String[] at(int place) {
        return new String[] {"/usr/sbin/ip", "netns", "exec", space(place)};
    }

    /** From here on no packet gets from the one to the other: they go to an address that nobody has. */
    void cut(int from, int to) throws IOException, InterruptedException {
        ip("-n", space(from), "neigh", "replace", host(to), "lladdr", NOBODY, "nud", "permanent", "dev", "eth0");
    }

    /** Undoes one {@link #cut}. */
    void restore(int from, int to) throws IOException, InterruptedException {
        ip("-n", space(from), "neigh", "del", host(to), "dev", "eth0");
    }

    void cutBothWays(int one, int other) throws IOException, InterruptedException {
        cut(one, other);
        cut(other, one);
    }

    /** Cuts a node off from the other nodes, not from clients. */
    void isolate(int node) throws IOException, InterruptedException {
        for (int other : others(node)) {
            cutBothWays(node, other);
        }
    }

    static List<Integer> others(int node) {
        return IntStream.rangeClosed(1, 3)
                .filter(other -> other != node)
                .boxed()
                .toList();
    }

    /** Cuts connections of a node to this TCP port of others, and of others to this port of the node, not any other. */
    void cutPort(int node, int port) throws IOException, InterruptedException {
        for (String side : List.of("dport", "sport")) {
            ip("-n", space(node), "rule", "add", "ipproto", "tcp", side, Integer.toString(port), "blackhole");
        }
    }

    void healPort(int node, int port) throws IOException, InterruptedException {
        for (String side : List.of("dport", "sport")) {
            ip("-n", space(node), "rule", "del", "ipproto", "tcp", side, Integer.toString(port), "blackhole");
        }
    }

    /** Undoes every {@link #cut}. */
    void heal() throws IOException, InterruptedException {
        for (int place : PLACES) {
            ip("-n", space(place), "neigh", "flush", "nud", "permanent", "dev", "eth0");
        }
    }

    /** Whether a new TCP connection comes about within a second. */
    boolean connects(int from, int to, int port) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(at(from)));
        command.addAll(List.of("timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/" + host(to) + "/" + port));
        Process probe = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return probe.waitFor() == 0;
    }

    private static void ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/usr/sbin/ip"));
        command.addAll(List.of(arguments));
        Commands.run(command);
    }

    /** Removes the namespaces, and with them all that was in them. */
    @Override
    public void close() throws IOException {
        List<String> spaces = new ArrayList<>(PLACES.stream().map(this::space).toList());
        spaces.add(bridge());
        try {
            for (String space : spaces) {
                if (Files.exists(Path.of("/run/netns", space))) {
                    ip("netns", "del", space);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
