/** Frames, and what two nodes say to each other. */
@NullMarked
package io.thalweg.replication.node;

import org.jspecify.annotations.NullMarked;
