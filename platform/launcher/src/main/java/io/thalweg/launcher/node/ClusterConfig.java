package io.thalweg.launcher.node;

import io.thalweg.launcher.config.Settings;
import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.config.SettingsProblem;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a node finds the others.
 *
 * @param name nodes of another name are not let in
 * @param host an address of this machine, no name
 * @param port of the membership; 0 for any free one
 * @param peerPort for replication and forwarded requests; 0 for any free one
 * @param members where to look; where no cluster exists yet, the first of them forms it
 * @param secret what all nodes share, or null
 */
public record ClusterConfig(
        String name,
        String host,
        int port,
        int peerPort,
        List<HostAndPort> members,
        @Nullable SharedSecret secret) {

    public ClusterConfig {
        members = List.copyOf(members);
    }

    /** An address as settings write it. */
    public record HostAndPort(String host, int port) {

        /** Throws IllegalArgumentException. */
        static HostAndPort parse(String text) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? "" : text.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            int port = colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1));
            if (host.isEmpty() || port < 1 || port > 65_535) {
                throw new IllegalArgumentException(text);
            }
            return new HostAndPort(host, port);
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** Whether this node begins a cluster where it finds none: it looks for nobody, or for itself first. */
    public boolean mayForm() {
        return members.isEmpty() || members.get(0).equals(new HostAndPort(host, port));
    }

    /** Null for a node alone. Blocks on name resolution and on the secret's file. */
    static @Nullable ClusterConfig from(Settings settings) throws SettingsException {
        if (!settings.flag("cluster.enabled")) {
            return null;
        }
        List<SettingsProblem> problems = new ArrayList<>();
        String host = address(settings.string("cluster.host"), problems);
        List<HostAndPort> members = members(settings, problems);
        SharedSecret secret = null;
        String file = settings.string("cluster.secretFile");
        if (!file.isEmpty()) {
            try {
                secret = SharedSecret.read(Path.of(file));
            } catch (SharedSecret.Unusable unusable) {
                problems.add(new SettingsProblem(
                        "cluster.secretFile", unusable.why(), "\"" + file + "\"", SharedSecret.ALLOWED));
            }
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return new ClusterConfig(
                settings.string("cluster.name"),
                host,
                settings.integer("cluster.port"),
                settings.integer("cluster.peerPort"),
                members,
                secret);
    }

    /** What the others are told must be an address that reaches this machine from everywhere. */
    private static String address(String host, List<SettingsProblem> problems) {
        String found;
        try {
            InetAddress address = InetAddress.getByName(host);
            if (!address.isAnyLocalAddress()) {
                return address.getHostAddress();
            }
            found = "a wildcard: the others could not be told where this node is";
        } catch (UnknownHostException e) {
            found = "not resolved";
        }
        problems.add(new SettingsProblem(
                "cluster.host", found, "\"" + host + "\"", "one address of this machine, or a name of it"));
        return host;
    }

    private static List<HostAndPort> members(Settings settings, List<SettingsProblem> problems) {
        List<HostAndPort> members = new ArrayList<>();
        for (String member : settings.strings("cluster.members")) {
            try {
                members.add(HostAndPort.parse(member));
            } catch (IllegalArgumentException malformed) {
                problems.add(new SettingsProblem(
                        "cluster.members", "a malformed address", "\"" + member + "\"", "HOST:PORT, port 1 to 65535"));
            }
        }
        return members;
    }
}
