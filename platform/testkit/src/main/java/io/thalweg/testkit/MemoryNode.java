package io.thalweg.testkit;

import java.util.TreeMap;

/** What a directory entry points to. */
sealed interface MemoryNode {

    /** A directory: its entries as processes see them, and as they would be found after the power went. */
    final class Directory implements MemoryNode {
        final TreeMap<String, MemoryNode> entries = new TreeMap<>();
        final TreeMap<String, MemoryNode> durable = new TreeMap<>();
    }

    /** A file. */
    final class File implements MemoryNode {
        final MemoryContent content = new MemoryContent();
    }
}
