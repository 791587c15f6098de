"""What starts chains by themselves: events from the queue, and the clock's minute for schedules."""
