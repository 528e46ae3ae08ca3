package io.thalweg.connectors.runtime;

import io.thalweg.connectors.runtime.policy.HostPolicyConfig;
import io.thalweg.connectors.runtime.task.TaskLimits;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the connector runtime of one node.
 *
 * @param workerId what states name this node by, as Kafka Connect does: host and port; asked each time and from any thread,
 *     since the port may be known only when the door opened
 * @param directory whose {@code *.json} files are connectors; null for none
 * @param directoryPollMillis between two looks at it
 * @param restChanges whether connectors may be created, changed and deleted over REST
 * @param connectorsMax connectors of this node
 * @param bodyBytesMax of a REST request
 * @param owner whose files those are, where several nodes have a directory and share what they stored; else empty
 */
public record RuntimeConfig(
        Supplier<String> workerId,
        @Nullable Path directory,
        long directoryPollMillis,
        boolean restChanges,
        int connectorsMax,
        int bodyBytesMax,
        TaskLimits limits,
        HostPolicyConfig policy,
        String owner) {

    public RuntimeConfig {
        if (directoryPollMillis < 1 || connectorsMax < 1 || bodyBytesMax < 1) {
            throw new IllegalArgumentException("connectors: directoryPollMillis=" + directoryPollMillis
                    + " connectorsMax=" + connectorsMax + " bodyBytesMax=" + bodyBytesMax + " expected=1 or more");
        }
    }

    /** Nothing is allowed but what needs no permission; REST may change connectors. */
    public static RuntimeConfig defaults() {
        return new RuntimeConfig(
                () -> "127.0.0.1:8080",
                null,
                1_000,
                true,
                1_000,
                1 << 20,
                TaskLimits.defaults(),
                HostPolicyConfig.denyAll(),
                "");
    }

    public RuntimeConfig withWorkerId(Supplier<String> id) {
        return new RuntimeConfig(
                id, directory, directoryPollMillis, restChanges, connectorsMax, bodyBytesMax, limits, policy, owner);
    }

    public RuntimeConfig withDirectory(@Nullable Path path, long pollMillis) {
        return new RuntimeConfig(
                workerId, path, pollMillis, restChanges, connectorsMax, bodyBytesMax, limits, policy, owner);
    }

    public RuntimeConfig withRestChanges(boolean allowed) {
        return new RuntimeConfig(
                workerId, directory, directoryPollMillis, allowed, connectorsMax, bodyBytesMax, limits, policy, owner);
    }

    public RuntimeConfig withConnectorsMax(int most) {
        return new RuntimeConfig(
                workerId, directory, directoryPollMillis, restChanges, most, bodyBytesMax, limits, policy, owner);
    }

    public RuntimeConfig withLimits(TaskLimits newLimits) {
        return new RuntimeConfig(
                workerId,
                directory,
                directoryPollMillis,
                restChanges,
                connectorsMax,
                bodyBytesMax,
                newLimits,
                policy,
                owner);
    }

    public RuntimeConfig withPolicy(HostPolicyConfig newPolicy) {
        return new RuntimeConfig(
                workerId,
                directory,
                directoryPollMillis,
                restChanges,
                connectorsMax,
                bodyBytesMax,
                limits,
                newPolicy,
                owner);
    }

    public RuntimeConfig withOwner(String newOwner) {
        return new RuntimeConfig(
                workerId,
                directory,
                directoryPollMillis,
                restChanges,
                connectorsMax,
                bodyBytesMax,
                limits,
                policy,
                newOwner);
    }
}
