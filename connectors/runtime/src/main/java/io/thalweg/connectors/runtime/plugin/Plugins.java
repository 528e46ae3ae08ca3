package io.thalweg.connectors.runtime.plugin;

import io.thalweg.connectors.api.ConnectorPlugin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The kinds of connectors of this node, by name. */
public final class Plugins {

    private final Map<String, ConnectorPlugin> byName = new TreeMap<>();

    /** @throws IllegalArgumentException for a name that is malformed or taken */
    public Plugins(List<ConnectorPlugin> plugins) {
        for (ConnectorPlugin plugin : plugins) {
            String name = plugin.name();
            if (!name.matches("[a-z0-9-]{1,64}")) {
                throw new IllegalArgumentException("plugin refused: name=" + name + " class="
                        + plugin.getClass().getName() + " allowed=[a-z0-9-]{1,64}");
            }
            ConnectorPlugin other = byName.putIfAbsent(name, plugin);
            if (other != null) {
                throw new IllegalArgumentException("two plugins of one name: name=" + name + " classes="
                        + other.getClass().getName() + ", " + plugin.getClass().getName());
            }
        }
    }

    /** By its name or the name of its class, as Kafka Connect's configurations may write either. */
    public @Nullable ConnectorPlugin find(String connectorClass) {
        ConnectorPlugin named = byName.get(connectorClass);
        if (named != null) {
            return named;
        }
        for (ConnectorPlugin plugin : byName.values()) {
            if (plugin.getClass().getName().equals(connectorClass)) {
                return plugin;
            }
        }
        return null;
    }

    public Collection<ConnectorPlugin> all() {
        return new ArrayList<>(byName.values());
    }

    public List<String> names() {
        return List.copyOf(byName.keySet());
    }
}
