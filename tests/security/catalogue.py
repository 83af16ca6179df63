"""Every attempt: which function it is, in whose name it works on the host, and what must come of it in a box."""

import msgspec

from agent.sandbox.base import BoxLimits, StopReason

LIMITS = BoxLimits(
    memory_mb=150,
    disk_mb=20,
    output_files=200,
    process_count=40,
    open_files=64,
    wall_seconds=60.0,
    tmp_mb=16,
    shm_mb=16,
    log_mb=1,
)


class Attempt(msgspec.Struct, frozen=True):
    """`name` is file and function below `attempts/`. `needs_root` says that only root's host control succeeds.

    Of an attempt that takes too much, `stops` are the reasons by which the node may end it; none where an error of its
    own must. `short` ones are tried in the short checks too.
    """

    name: str
    needs_root: bool = False
    amount: int = 0
    stops: frozenset[StopReason] = frozenset()
    limits: BoxLimits = LIMITS
    short: bool = False
    only_on: str | None = None

    @property
    def room(self) -> str:
        """see, reach, kernel, leave or fill."""
        return self.name.split(".")[0]

    @property
    def words(self) -> str:
        """The name as a line of a table."""
        return self.name.split(".")[1].replace("_", " ")


def _all(room: str, names: str, *, needs_root: bool = False) -> list[Attempt]:
    """A name with a star is a short one."""
    return [
        Attempt(f"{room}.{name.rstrip('*')}", needs_root=needs_root, short=name.endswith("*")) for name in names.split()
    ]


_MEMORY = frozenset({StopReason.MEMORY})
_DISK = frozenset({StopReason.DISK})
_FILES = frozenset({StopReason.FILES})
_LOG = frozenset({StopReason.LOG})

ATTEMPTS = [
    *_all(
        "see",
        "a_file_of_the_host* a_file_by_a_path_upwards a_file_by_the_root_of_a_process a_setting_in_etc var_lib "
        "run_with_its_sockets another_units_folder write_into_its_own_package "
        "write_a_name_with_dots_beside_its_outputs sys_of_the_machine* interrupts_and_command_line_of_the_kernel "
        "which_boot_it_is the_name_of_the_machine users_of_the_machine variables_of_the_agent* "
        "variables_of_any_process files_that_the_agent_holds_open* processes_of_the_host* more_files_than_agreed "
        "be_spared_when_memory_runs_out",
    ),
    *_all(
        "see",
        "a_home_folder write_into_the_system write_into_the_root write_into_dev the_disk "
        "the_disk_by_a_device_of_its_own devices_beyond_the_ordinary* messages_of_the_kernel "
        "modules_and_devices_of_the_kernel settings_of_the_kernel* memory_of_a_process a_capability* "
        "memory_of_the_process_that_started_it come_before_the_owner run_in_real_time",
        needs_root=True,
    ),
    *_all(
        "reach",
        "a_server_on_the_host* the_hosts_own_address the_internet an_abstract_socket* a_socket_in_a_folder "
        "news_of_the_kernels_devices a_filter_on_a_socket buffers_of_a_socket signal_a_process_of_the_host "
        "signal_the_agent* signal_everybody a_handle_on_a_process_of_the_host the_session_of_a_process_of_the_host "
        "memory_shared_by_the_host memory_shared_in_the_old_way semaphores_of_the_old_way a_message_queue",
    ),
    *_all(
        "reach",
        "every_other_family_of_sockets* a_raw_socket a_socket_that_sees_packets rename_the_machine "
        "type_into_a_terminal*",
        needs_root=True,
    ),
    *_all(
        "kernel",
        "trace_a_process* read_the_memory_of_a_process take_a_descriptor_of_a_process add_a_key* "
        "look_at_the_keyring_of_the_session make_an_io_uring* asynchronous_io a_namespace_of_users* "
        "a_namespace_of_users_by_clone a_namespace_of_users_by_the_new_clone privileges_by_a_program* a_set_id_file* "
        "a_file_made_set_id a_set_id_node memory_in_known_places watch_files files_without_names",
    ),
    *_all(
        "kernel",
        "load_a_program_into_the_kernel measure_the_machine handle_faults_of_pages a_namespace_of_mounts "
        "a_namespace_of_networks enter_another_namespace mount_a_file_system make_what_is_mounted_writable "
        "mount_in_the_new_way change_the_root become_root watch_all_files open_a_file_by_its_number the_kernels_log "
        "set_the_clock",
        needs_root=True,
    ),
    Attempt("kernel.call_in_the_manner_of_32_bits", only_on="x86_64"),
    *_all(
        "leave",
        "a_link_to_a_file* a_link_to_a_folder a_link_to_itself a_hard_link* a_pipe* a_socket a_name_with_a_newline* "
        "a_name_that_steers_a_terminal a_name_that_is_no_text* folders_too_deep a_hole_of_a_terabyte",
    ),
    *_all("leave", "a_device", needs_root=True),
    Attempt("fill.processes", amount=60),
    Attempt("fill.processes_that_make_processes", amount=64, short=True),
    Attempt("fill.threads", amount=60),
    Attempt("fill.memory", amount=300, stops=_MEMORY, short=True),
    Attempt("fill.memory_of_many_processes", amount=300, stops=_MEMORY),
    Attempt("fill.memory_that_is_shared", amount=300, stops=_MEMORY),
    Attempt("fill.files_in_memory", amount=30, stops=_DISK),
    Attempt("fill.shared_memory_files", amount=30, stops=_DISK, short=True),
    Attempt("fill.a_large_file", amount=30, stops=_DISK),
    Attempt("fill.many_files_of_some_size", amount=40, stops=_DISK, short=True),
    Attempt("fill.empty_files", amount=400, stops=_FILES),
    Attempt(
        "fill.empty_files_in_memory",
        amount=50_000,
        stops=_MEMORY,
        limits=msgspec.structs.replace(LIMITS, memory_mb=40),
    ),
    Attempt("fill.folders_in_folders", amount=60, stops=_FILES),
    Attempt("fill.a_hole_of_a_terabyte"),
    Attempt("fill.open_files", amount=100),
    Attempt("fill.pairs_of_sockets", amount=100),
    Attempt("fill.full_pipes", amount=100),
    Attempt("fill.a_log", amount=30, stops=_LOG, short=True),
    Attempt("fill.a_line_without_an_end", amount=30, stops=_LOG),
    Attempt("fill.a_process_that_stays"),
    Attempt(
        "fill.all_the_time_there_is",
        amount=1,
        stops=frozenset({StopReason.WALL_CLOCK}),
        limits=msgspec.structs.replace(LIMITS, wall_seconds=0.5),
    ),
]
