package io.thalweg.launcher.node;

import io.thalweg.broker.cluster.ClusterSettings;
import io.thalweg.broker.peer.PeerConfig;
import io.thalweg.broker.peer.PeerTls;
import io.thalweg.cluster.balance.BalanceLimits;
import io.thalweg.cluster.hazelcast.HazelcastClusterConfig;
import io.thalweg.launcher.config.Settings;
import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.config.SettingsProblem;
import io.thalweg.replication.node.ReplicationConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a node of a cluster is made of: each module's own configuration, filled from the settings.
 *
 * @param membership how it finds the others
 * @param peers how they speak to each other
 * @param broker what the broker does in a cluster
 */
public record ClusterConfig(HazelcastClusterConfig membership, PeerConfig peers, ClusterSettings broker) {

    private static final List<String> TLS_FILES = List.of("tlsCertificateFile", "tlsKeyFile", "tlsTrustFile");

    /** Null for a node alone. Blocks on name resolution and on the files that the settings name. */
    static @Nullable ClusterConfig from(Settings settings) throws SettingsException {
        if (!settings.flag("cluster.enabled")) {
            return null;
        }
        List<SettingsProblem> problems = new ArrayList<>();
        String host = address(settings.string("cluster.host"), problems);
        int port = settings.integer("cluster.port");
        List<MemberAddress> members = members(settings, problems);
        SharedSecret secret = secret(settings.string("cluster.secretFile"), problems);
        PeerTls tls = tls(settings, problems);
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        boolean mayForm = members.isEmpty() || members.get(0).equals(new MemberAddress(host, port));
        return new ClusterConfig(
                new HazelcastClusterConfig(
                        host,
                        port,
                        members.stream().map(MemberAddress::toString).toList(),
                        settings.string("cluster.name"),
                        Duration.ofMillis(settings.integer("cluster.memberSilenceMillis")),
                        HazelcastClusterConfig.DEFAULT_DUPLICATE_WAIT,
                        HazelcastClusterConfig.DEFAULT_STUCK_AFTER),
                PeerConfig.of(
                        host,
                        settings.integer("cluster.peerPort"),
                        secret == null ? null : new String(secret.bytes(), StandardCharsets.ISO_8859_1),
                        tls),
                broker(settings, mayForm, Math.max(1, (int)
                        members.stream().distinct().count())));
    }

    private static ClusterSettings broker(Settings settings, boolean mayForm, int nodesExpected) {
        return new ClusterSettings(
                mayForm,
                nodesExpected,
                doors(settings),
                Duration.ofMillis(settings.integer("cluster.formAfterMillis")),
                new ReplicationConfig(
                        settings.integer("replication.silenceMillis"),
                        settings.integer("replication.fetchWaitMillis"),
                        settings.integer("replication.replicaLagMaxMillis"),
                        settings.integer("replication.electionMillis"),
                        settings.integer("replication.electionMillisMax"),
                        settings.integer("replication.staggerMillis"),
                        settings.integer("replication.electionMicros"),
                        settings.integer("replication.highWatermarkDelayMillis"),
                        settings.integer("replication.partitionBytesMax"),
                        settings.integer("replication.peerBytesMax"),
                        settings.integer("replication.frameBytes"),
                        settings.integer("replication.catchUpBytesPerSecond")),
                settings.integer("cluster.metadataVotersMax"),
                Duration.ofMillis(settings.integer("cluster.handOverMillis")),
                Duration.ofMillis(settings.integer("cluster.leadAfterMillis")),
                Duration.ofMillis(settings.longInteger("cluster.absenceMillis")),
                new BalanceLimits(
                        settings.integer("cluster.balanceCopiesMax"),
                        settings.integer("cluster.balanceCopiesPerNodeMax"),
                        settings.integer("cluster.balanceLeaderMovesMax"),
                        settings.longInteger("cluster.balanceBytesPerSecond")),
                settings.integer("cluster.balanceMillis"),
                settings.integer("cluster.callMillisMax"));
    }

    /** As the broker is told of them when they open. */
    private static Set<String> doors(Settings settings) {
        return Stream.of("http", "kafka")
                .filter(door -> settings.flag(door + ".enabled"))
                .collect(Collectors.toSet());
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

    private static List<MemberAddress> members(Settings settings, List<SettingsProblem> problems) {
        List<MemberAddress> members = new ArrayList<>();
        for (String member : settings.strings("cluster.members")) {
            try {
                members.add(MemberAddress.parse(member));
            } catch (IllegalArgumentException malformed) {
                problems.add(new SettingsProblem(
                        "cluster.members", "a malformed address", "\"" + member + "\"", "HOST:PORT, port 1 to 65535"));
            }
        }
        return members;
    }

    private static @Nullable SharedSecret secret(String file, List<SettingsProblem> problems) {
        if (file.isEmpty()) {
            return null;
        }
        try {
            return SharedSecret.read(Path.of(file));
        } catch (SharedSecret.Unusable unusable) {
            problems.add(new SettingsProblem(
                    "cluster.secretFile", unusable.why(), "\"" + file + "\"", SharedSecret.ALLOWED));
            return null;
        }
    }

    /** All three files, or none. */
    private static @Nullable PeerTls tls(Settings settings, List<SettingsProblem> problems) {
        List<Path> files = new ArrayList<>();
        for (String name : TLS_FILES) {
            String file = settings.string("cluster." + name);
            if (!file.isEmpty()) {
                files.add(Path.of(file));
                if (!Files.isReadable(Path.of(file))) {
                    problems.add(new SettingsProblem(
                            "cluster." + name, "not readable", "\"" + file + "\"", "a readable PEM file"));
                }
            }
        }
        if (files.isEmpty()) {
            return null;
        }
        if (files.size() < TLS_FILES.size()) {
            problems.add(new SettingsProblem(
                    "cluster", "some TLS files and not others", "", "cluster." + String.join(", cluster.", TLS_FILES)));
            return null;
        }
        return new PeerTls(files.get(0), files.get(1), files.get(2), settings.flag("cluster.tlsVerifyHost"));
    }
}
