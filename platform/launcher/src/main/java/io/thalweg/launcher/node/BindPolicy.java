package io.thalweg.launcher.node;

import io.thalweg.launcher.config.Settings;
import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.config.SettingsProblem;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which addresses may be bound to: doors to loopback, since nobody is authenticated yet, the cluster's port to others too if
 * the nodes share a secret; any if told so.
 */
public final class BindPolicy {

    private static final List<String> DOORS = List.of("http", "kafka", "eventBus");

    private BindPolicy() {}

    /** Blocks on name resolution. Throws if a port would be open to a network that should not be. */
    public static void check(Settings settings) throws SettingsException {
        if (settings.flag("security.insecure")) {
            return;
        }
        List<SettingsProblem> problems = new ArrayList<>();
        for (String door : DOORS) {
            String host = settings.string(door + ".host");
            if (settings.flag(door + ".enabled") && !isLoopback(host)) {
                problems.add(new SettingsProblem(
                        door + ".host",
                        "not loopback, and nobody is authenticated",
                        "\"" + host + "\"",
                        "a loopback address such as 127.0.0.1, or any address with --insecure"));
            }
        }
        String cluster = settings.string("cluster.host");
        if (settings.flag("cluster.enabled")
                && settings.string("cluster.secretFile").isEmpty()
                && !isLoopback(cluster)) {
            problems.add(new SettingsProblem(
                    "cluster.host",
                    "not loopback, and the nodes share no secret",
                    "\"" + cluster + "\"",
                    "a loopback address such as 127.0.0.1, any address with cluster.secretFile, or with --insecure"));
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    /** Whether every address of this host is loopback. Blocks on name resolution. */
    static boolean isLoopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
