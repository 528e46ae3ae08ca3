package io.thalweg.connectors.api;

/** A kind of connector that publishes what it reads elsewhere. */
public non-sealed interface SourcePlugin extends ConnectorPlugin {
    SourceTask newTask();
}
