package io.thalweg.gateway.http.flow;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One thing that records pass.
 *
 * @param state as its own interface calls it, for example RUNNING; null for what has none
 * @param problem what is wrong with it, in words; null if nothing is
 * @param internal whether it is the platform's own
 * @param group the consumer group through which it reads; the group is then not shown beside it, and what the group reads
 *     leads to this node. Null if there is none
 * @param figures by name: recordsPerSecond, bytesPerSecond, lag, sizeBytes ...; what is not known is absent
 */
public record FlowNode(
        Kind kind,
        String name,
        @Nullable String state,
        @Nullable String problem,
        boolean internal,
        @Nullable String group,
        Map<String, Double> figures) {

    /** Names are unique within a kind. */
    public enum Kind {
        TOPIC,
        GROUP,
        CONNECTOR,
        STREAM,
        VERTICLE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public FlowNode {
        figures = Map.copyOf(figures);
    }

    /** One that works and says nothing else. */
    public FlowNode(Kind kind, String name, String state) {
        this(kind, name, state, null, false, null, Map.of());
    }

    public FlowNode withProblem(@Nullable String text) {
        return new FlowNode(kind, name, state, text, internal, group, figures);
    }

    public FlowNode withGroup(@Nullable String groupId) {
        return new FlowNode(kind, name, state, problem, internal, groupId, figures);
    }

    /** With these figures besides its own; its own give way. */
    public FlowNode withFigures(Map<String, Double> more) {
        Map<String, Double> all = new TreeMap<>(figures);
        all.putAll(more);
        return new FlowNode(kind, name, state, problem, internal, group, all);
    }

    /** Unique in a graph. */
    public String id() {
        return id(kind, name);
    }

    public static String id(Kind kind, String name) {
        return kind.word() + ":" + name;
    }
}
