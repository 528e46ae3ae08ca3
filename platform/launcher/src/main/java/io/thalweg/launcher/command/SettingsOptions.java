package io.thalweg.launcher.command;

import io.thalweg.launcher.config.Settings;
import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.config.SettingsLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that settle a node's settings. */
final class SettingsOptions {

    @Option(names = "--conf", paramLabel = "FILE", description = "JSON settings; repeatable, later over earlier.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--data-dir", paramLabel = "DIR", description = "Where records are kept (node.dataDirectory).")
    private @Nullable String dataDirectory;

    @Option(names = "--node-id", paramLabel = "N", description = "The node's number (node.id).")
    private @Nullable String nodeId;

    @Option(names = "--http", paramLabel = "HOST:PORT", description = "The HTTP door; port 0 for any free one.")
    private @Nullable String http;

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "The Kafka protocol door.")
    private @Nullable String kafka;

    @Option(names = "--event-bus", paramLabel = "HOST:PORT", description = "The TCP event-bus door.")
    private @Nullable String eventBus;

    @Option(
            names = "--roles",
            paramLabel = "ROLE,...",
            description = "What the node does (node.roles): broker, connector, processor, console.")
    private @Nullable String roles;

    @Option(names = "--rack", paramLabel = "NAME", description = "Where the machine stands (node.rack).")
    private @Nullable String rack;

    @Option(
            names = "--cluster",
            paramLabel = "HOST:PORT",
            description = "Form or join a cluster; other nodes reach this one here (cluster.host, cluster.port).")
    private @Nullable String cluster;

    @Option(
            names = "--cluster-members",
            paramLabel = "HOST:PORT,...",
            description = "Nodes to look for (cluster.members). Where no cluster exists yet, the first forms it.")
    private @Nullable String clusterMembers;

    @Option(
            names = "--insecure",
            description = "Allow doors on addresses other than loopback although nobody is authenticated.")
    private boolean insecure;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any key of thalweg.schema.json; repeatable.")
    private List<String> assignments = new ArrayList<>();

    /** A flag was taken that is unknown, or that may be given once and was given again. */
    private boolean refused;

    /**
     * Takes a flag and its value as picocli would.
     *
     * @return false if it is none of these, or was given before: then picocli says what is wrong
     */
    boolean take(String flag, String value) {
        switch (flag) {
            case "--conf" -> files.add(Path.of(value));
            case "--set" -> assignments.add(value);
            case "--data-dir" -> dataDirectory = unless(dataDirectory, value);
            case "--node-id" -> nodeId = unless(nodeId, value);
            case "--http" -> http = unless(http, value);
            case "--kafka" -> kafka = unless(kafka, value);
            case "--event-bus" -> eventBus = unless(eventBus, value);
            case "--roles" -> roles = unless(roles, value);
            case "--rack" -> rack = unless(rack, value);
            case "--cluster" -> cluster = unless(cluster, value);
            case "--cluster-members" -> clusterMembers = unless(clusterMembers, value);
            default -> refused = true;
        }
        return !refused;
    }

    private @Nullable String unless(@Nullable String before, String value) {
        refused |= before != null;
        return value;
    }

    /** As {@link #take}, of the flag that has no value. */
    boolean takeInsecure() {
        refused |= insecure;
        insecure = true;
        return !refused;
    }

    /** Defaults, files in order, {@code THALWEG_*}, flags. */
    Settings load(Map<String, String> environment) {
        return load(environment, new SettingsLoader());
    }

    boolean hasDataDirectory() {
        return dataDirectory != null;
    }

    /** Where the demo's connectors read and write: beside the data directory, which is the log's alone. */
    Path demoFiles(@Nullable Path temporary) {
        return temporary == null
                ? Path.of(dataDirectory + "-demo").toAbsolutePath()
                : temporary.resolve("files").toAbsolutePath();
    }

    /**
     * As {@link #load}, with other defaults: a free port for each door whose usual one is taken, fewer events.
     *
     * @param temporary a directory for everything, or null if a flag names the data directory
     */
    Settings loadForDemo(Map<String, String> environment, @Nullable Path temporary) {
        SettingsLoader loader = new SettingsLoader();
        if (temporary != null) {
            loader.flag("node.dataDirectory", temporary.resolve("data").toString(), "demo");
        }
        loader.flag("connectors.pathRoots", demoFiles(temporary).toString(), "demo");
        loader.flag("connectors.directory", "", "demo");
        for (String door : new String[] {"http", "kafka", "eventBus"}) {
            loader.useAnyPortIfTaken(door + ".port");
        }
        return load(environment, loader);
    }

    private Settings load(Map<String, String> environment, SettingsLoader loader) {
        files.forEach(loader::file);
        loader.environment(environment);
        assignments.forEach(loader::set);
        flag(loader, "node.dataDirectory", dataDirectory, "--data-dir");
        flag(loader, "node.id", nodeId, "--node-id");
        flag(loader, "node.roles", roles, "--roles");
        flag(loader, "node.rack", rack, "--rack");
        door(loader, "http", http, "--http");
        door(loader, "kafka", kafka, "--kafka");
        door(loader, "eventBus", eventBus, "--event-bus");
        cluster(loader);
        if (insecure) {
            loader.flag("security.insecure", "true", "--insecure");
        }
        try {
            return loader.load();
        } catch (SettingsException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private void cluster(SettingsLoader loader) {
        flag(loader, "cluster.members", clusterMembers, "--cluster-members");
        door(loader, "cluster", cluster, "--cluster");
        if (cluster != null) {
            loader.flag("cluster.enabled", "true", "--cluster");
        } else if (clusterMembers != null) {
            loader.flag("cluster.enabled", "true", "--cluster-members");
        }
    }

    private static void flag(SettingsLoader loader, String key, @Nullable String value, String flag) {
        if (value != null) {
            loader.flag(key, value, flag);
        }
    }

    private static void door(SettingsLoader loader, String door, @Nullable String address, String flag) {
        if (address == null) {
            return;
        }
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        loader.flag(door + ".host", host, flag);
        loader.flag(door + ".port", address.substring(colon + 1), flag);
    }
}
