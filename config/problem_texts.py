"""Sentences for problems: code → (Vietnamese, English). {names} are the facts of the problem."""

TEXTS: dict[str, tuple[str, str]] = {
    "pg_version": (
        "Thư mục dữ liệu {path} được tạo bằng PostgreSQL {found}, chương trình này dùng PostgreSQL {expected}. "
        "Chạy `make clean-data` để tạo lại dữ liệu mẫu, hoặc đặt OPS_DATA_DIR sang thư mục khác.",
        "The data directory {path} was made by PostgreSQL {found}; this program runs PostgreSQL {expected}. "
        "Run `make clean-data` to generate the demo data anew, or set OPS_DATA_DIR to another directory.",
    ),
    "pg_half_made": (
        "Thư mục dữ liệu {path} khởi tạo dở dang. Chạy `make clean-data` rồi chạy lại.",
        "The data directory {path} was left half-made. Run `make clean-data` and start again.",
    ),
    "pg_start_failed": (
        "Không khởi động được PostgreSQL tại {path}: {reason}",
        "PostgreSQL did not start in {path}: {reason}",
    ),
    "registry_unreadable": (
        "Không đọc được danh mục xã, phường {path}: {reason}. Kiểm tra đường dẫn OPS_WARD_REGISTRY.",
        "The ward registry {path} can't be read: {reason}. Check the path in OPS_WARD_REGISTRY.",
    ),
    "registry_encoding": (
        "{path}, dòng {line}: tệp không phải UTF-8. Lưu lại tệp dưới dạng “CSV UTF-8” rồi thử lại.",
        "{path}, line {line}: the file is not UTF-8. Save it as “CSV UTF-8” and try again.",
    ),
    "registry_column": (
        "{path}, dòng {line}: thiếu cột {key}. Thêm cột này vào dòng tiêu đề và dữ liệu.",
        "{path}, line {line}: column {key} is missing. Add it to the header and the rows.",
    ),
    "registry_duplicate": (
        "{path}, dòng {line}: ward_code {key} đã có ở dòng {first}. "
        "Mỗi mã chỉ được xuất hiện một lần; xoá hoặc sửa một trong hai dòng.",
        "{path}, line {line}: ward_code {key} already stands in line {first}. "
        "A code may occur once; delete or correct one of the two lines.",
    ),
    "registry_district": (
        "{path}, dòng {line}: district_code {key} mang tên “{found}”, các dòng trên ghi “{first}”. "
        "Sửa mã hoặc tên cho khớp.",
        "{path}, line {line}: district_code {key} is named “{found}” here and “{first}” above. "
        "Make the code or the name agree.",
    ),
    "registry_number": (
        "{path}, dòng {line}, cột {key}: “{found}” không phải số hợp lệ. "
        "Ghi như {expected} (dấu chấm thập phân, không dấu phân nhóm).",
        "{path}, line {line}, column {key}: “{found}” is not a valid number. "
        "Write it like {expected} (decimal point, no grouping).",
    ),
    "registry_value": (
        "{path}, dòng {line}, cột {key}: “{found}” không hợp lệ. Giá trị có dạng: {expected}.",
        "{path}, line {line}, column {key}: “{found}” is not valid. Expected: {expected}.",
    ),
    "registry_empty": (
        "{path}: danh mục không có dòng nào. Thêm ít nhất một xã, phường hoặc dùng lại tệp gốc.",
        "{path}: the registry has no rows. Add at least one ward or go back to the original file.",
    ),
    # -- the working calendar (config/working_calendar.yaml) --
    "calendar_unreadable": (
        "Không đọc được lịch làm việc {path}, dòng {line}: {reason}. Sửa tệp rồi chạy lại.",
        "The working calendar {path}, line {line}, can't be read: {reason}. Mend the file and start again.",
    ),
    "calendar_invalid": (
        "Lịch làm việc {path}, dòng {line}, mục {key}: {vi}",
        "Working calendar {path}, line {line}, key {key}: {en}",
    ),
    "dossier_unknown": (
        "Kho dữ liệu không có hồ sơ mang mã {dossier}. Kiểm tra mã, hoặc chờ lần đồng bộ sau.",
        "The store has no dossier with the code {dossier}. Check the code, or wait for the next synchronisation.",
    ),
    "deadline_uncountable": (
        "Không tính được hạn của hồ sơ {dossier}: {vi}",
        "The deadline of dossier {dossier} can't be counted: {en}",
    ),
    # -- starting and stopping (data_access/demo, data_access/cli) --
    "settings_invalid": (
        "Thiết lập (biến môi trường OPS_…) không hợp lệ: {detail}. Xem docs/operating.md.",
        "The settings (OPS_… environment variables) are not valid: {detail}. See docs/operating.md.",
    ),
    "data_dir_not_writable": (
        "Không ghi được vào thư mục dữ liệu {path} ({reason}). Cấp quyền ghi, hoặc đặt OPS_DATA_DIR sang thư mục khác.",
        "The data directory {path} can't be written to ({reason}). "
        "Allow writing there, or set OPS_DATA_DIR to another directory.",
    ),
    "disk_full": (
        "Ổ đĩa chứa {path} chỉ còn trống {free}; thành phố mẫu {dossiers} hồ sơ cần khoảng {needed}. "
        "Giải phóng chỗ trống, đặt OPS_DATA_DIR sang ổ đĩa khác, hoặc giảm OPS_DEMO_DOSSIERS, rồi chạy lại.",
        "The disk of {path} has only {free} free; a demo city of {dossiers} dossiers needs about {needed}. "
        "Free some space, set OPS_DATA_DIR to another disk, or lower OPS_DEMO_DOSSIERS; then start again.",
    ),
    "disk_full_midway": (
        "Ổ đĩa chứa {path} đã đầy khi đang chạy (còn trống {free}). Giải phóng chỗ trống rồi chạy lại: "
        "phần dở dang sẽ được làm lại.",
        "The disk of {path} filled up on the way ({free} free). Free some space and start again: "
        "what was left half-finished is done anew.",
    ),
    "port_taken": (
        "Cổng {port} đang được dùng bởi {holder}. Dừng chương trình đó, hoặc chọn cổng khác: `make run PORT={other}`.",
        "Port {port} is in use by {holder}. Stop that program, or choose another port: `make run PORT={other}`.",
    ),
    "already_running": (
        "Thư mục dữ liệu {path} đang được dùng: chương trình đã chạy (tiến trình {pid}) tại {address}. "
        "Mở địa chỉ đó, hoặc dừng tiến trình ấy rồi chạy lại.",
        "The data directory {path} is in use: the program already runs (process {pid}) at {address}. "
        "Open that address, or stop that process and start again.",
    ),
    "not_started_yet": (
        "Chương trình đang khởi động trên thư mục dữ liệu {path} (tiến trình {pid}); thử lại sau ít phút.",
        "The program is just starting on the data directory {path} (process {pid}); try again in a minute.",
    ),
    "only_embedded": (
        "Lệnh này chỉ dành cho thành phố mẫu; OPS_STORE_URL đang trỏ tới máy chủ thật nên không chạy.",
        "This command is for the demo city only; OPS_STORE_URL names a real server, so it does not run.",
    ),
    "not_our_data": (
        "{path} có những thứ không phải của chương trình này ({found}); không xoá gì cả. Kiểm tra OPS_DATA_DIR.",
        "{path} holds things that are not this program's ({found}); nothing was removed. Check OPS_DATA_DIR.",
    ),
    "still_running": (
        "Tiến trình {pid} vẫn chưa dừng; chưa xoá {path}. Dừng nó rồi chạy lại.",
        "Process {pid} has not ended; {path} was not removed. End it and run again.",
    ),
    "web_died": (
        "Giao diện web không khởi động được. Chi tiết ở cuối tệp {log}.",
        "The web application did not start. Details are at the end of {log}.",
    ),
    "source_no_answer": (
        "Cơ sở dữ liệu một cửa không trả lời. Kiểm tra OPS_SOURCE_URL, mạng và tài khoản chỉ đọc.",
        "The one-stop database does not answer. Check OPS_SOURCE_URL, the network and the read-only account.",
    ),
    "database_no_answer": (
        "Máy chủ cơ sở dữ liệu không trả lời. Kiểm tra OPS_STORE_URL, OPS_STORE_READER_URL và mạng.",
        "The database server does not answer. Check OPS_STORE_URL, OPS_STORE_READER_URL and the network.",
    ),
    "accounts_missing": (
        "Không có tệp tài khoản {path}. Triển khai thật không có mật khẩu mặc định: tạo tệp này theo "
        "docs/operating.md, hoặc đặt OPS_ACCOUNTS_FILE.",
        "There is no accounts file {path}. A real deployment has no default password: make this file as "
        "docs/operating.md says, or set OPS_ACCOUNTS_FILE.",
    ),
    "accounts_unreadable": (
        "Không đọc được tệp tài khoản {path}: {reason}. Sửa tệp rồi chạy lại.",
        "The accounts file {path} can't be read: {reason}. Mend the file and start again.",
    ),
    "accounts_invalid": (
        "Tệp tài khoản {path}, mục {key}: {vi}",
        "Accounts file {path}, key {key}: {en}",
    ),
    "config_unreadable": (
        "Không đọc được {file}, dòng {line}: {reason}. Sửa tệp; cấu hình đúng gần nhất vẫn có hiệu lực.",
        "{file}, line {line} can't be read: {reason}. Mend the file; the last good configuration stays in force.",
    ),
    "config_value": (
        "{file}, dòng {line}, mục {key}: {vi}.",
        "{file}, line {line}, key {key}: {en}.",
    ),
    "config_twice": (
        "{file}, dòng {line}: mục {key} đã có ở dòng {first}. Mỗi tên chỉ được dùng một lần; xoá hoặc đổi tên một mục.",
        "{file}, line {line}: {key} already stands in line {first}. A name may occur once; delete or rename one.",
    ),
    "act_no_answer": (
        "Kho dữ liệu chưa trả lời nên chưa ghi được. Xem lại cảnh báo rồi thử lại sau ít phút.",
        "The store did not answer, so nothing is noted yet. Look at the alert again and retry in a few minutes.",
    ),
    "device_name": (
        "Tên thiết bị phải có từ 1 đến 60 ký tự, ví dụ: “Phòng trực – màn 1”.",
        "A device's name has 1 to 60 characters, for example “Control room 1”.",
    ),
    "device_unknown": (
        "Không có thiết bị nào tên “{name}” đang có hiệu lực. Xem danh sách: `python -m data_access wall list`.",
        "There is no device “{name}” in force. See the list: `python -m data_access wall list`.",
    ),
    "alert_who": (
        "Chưa biết ai thực hiện. Đăng nhập bằng tài khoản có tên rồi thử lại.",
        "It is not known who does this. Sign in by an account with a name and try again.",
    ),
    "alert_note": (
        "Ghi rõ đã làm gì hoặc vì sao, từ 1 đến {most} ký tự.",
        "Say what is done, or why, in 1 to {most} characters.",
    ),
    "alert_unknown": (
        "Không có cảnh báo này trong phạm vi của bạn.",
        "There is no such alert in your scope.",
    ),
    "alert_taken": (
        "{who} đã tiếp nhận cảnh báo này lúc {at}.",
        "{who} acknowledged this alert at {at}.",
    ),
    "alert_over": (
        "Cảnh báo này đã tự hết lúc {at}, không cần xử lý nữa.",
        "This alert ended by itself at {at}; nothing is left to do.",
    ),
    "alert_ended": (
        "{who} đã kết thúc cảnh báo này lúc {at}.",
        "{who} resolved this alert at {at}.",
    ),
    "notify_url": (
        "OPS_NOTIFY_URLS, dòng {line}: không phải địa chỉ Apprise dùng được, nên không có tin nào gửi tới đó. "
        "Viết như mailto://… hoặc truc=json://…; xem docs/alerts.md.",
        "OPS_NOTIFY_URLS, line {line}: not an Apprise URL that can be used, so nothing is sent there. "
        "Write mailto://… or duty=json://…; see docs/alerts.md.",
    ),
    "startup_failed": (
        "Không khởi động được ở bước “{stage}”. Chi tiết kỹ thuật trong nhật ký {log}.",
        "The start failed at the step “{stage}”. Technical details are in the log {log}.",
    ),
    "profile_missing": (
        "Không tìm thấy hồ sơ ánh xạ: {file}. Kiểm tra OPS_SOURCE_PROFILE hoặc tạo tệp này.",
        "The mapping profile is not there: {file}. Check OPS_SOURCE_PROFILE or make this file.",
    ),
    "profile_invalid": (
        "Hồ sơ ánh xạ {file} sai: {reason}. Sửa tệp; hệ thống tự đọc lại sau vài giây.",
        "The mapping profile {file} is wrong: {reason}. Mend the file; it is read again within seconds.",
    ),
    "profile_entity_missing": (
        "Hồ sơ ánh xạ thiếu tệp bắt buộc {file} (thực thể {entity}). Tạo tệp; hệ thống tự đọc lại sau vài giây.",
        "The mapping profile lacks the required file {file} (entity {entity}). Make it; it is read again within seconds.",
    ),
    "source_column_missing": (
        "Tệp ánh xạ {file} (thực thể {entity}) thiếu cột bắt buộc: {columns}. Bổ sung vào câu SELECT; "
        "hệ thống tự đọc lại sau vài giây.",
        "The mapping file {file} (entity {entity}) lacks required columns: {columns}. Add them to its SELECT; "
        "it is read again within seconds.",
    ),
    "source_column_type": (
        "Tệp ánh xạ {file} (thực thể {entity}): cột {column} phải là {expected} nhưng nguồn trả về {found}. "
        "Đổi kiểu trong câu SELECT; hệ thống tự đọc lại sau vài giây.",
        "The mapping file {file} (entity {entity}): column {column} must be {expected} but the source gives {found}. "
        "Cast it in the SELECT; it is read again within seconds.",
    ),
    "source_select_failed": (
        "Câu SELECT trong tệp ánh xạ {file} (thực thể {entity}) không chạy được trên cơ sở dữ liệu nguồn. "
        "Sửa tệp; hệ thống tự đọc lại sau vài giây. Chi tiết kỹ thuật có trong nhật ký.",
        "The SELECT in the mapping file {file} (entity {entity}) doesn't run on the source database. "
        "Mend the file; it is read again within seconds. Technical details are in the log.",
    ),
    "source_down": (
        "Cơ sở dữ liệu nguồn chưa trả lời. Hệ thống tự thử lại; số liệu đang giữ ở lần đồng bộ gần nhất.",
        "The source database doesn't answer. It is tried again by itself; figures stay as last synchronised.",
    ),
    "sync_busy": (
        "Một tiến trình đồng bộ khác đang chạy. Chỉ một tiến trình được ghi vào kho dữ liệu.",
        "Another sync process is at work. Only one may write to the store.",
    ),
    # -- periods (data_access/rules/period.py) --
    "period_unknown": (
        "“{written}” không phải là một kỳ. Viết như 2026-11-20 (ngày), 2026-w47 (tuần), 2026-11, 2026-q4, 2026, "
        "r2026-11 (kỳ báo cáo) hoặc 2026-11-01..2026-11-20.",
        "“{written}” is not a period. Write 2026-11-20 (a day), 2026-w47 (a week), 2026-11, 2026-q4, 2026, "
        "r2026-11 (a reporting period) or 2026-11-01..2026-11-20.",
    ),
    "period_day": (
        "“{written}” không phải là một ngày. Viết ngày/tháng/năm, ví dụ 20/11/2026.",
        "“{written}” is not a day. Write day/month/year, for example 20/11/2026.",
    ),
    "period_backwards": (
        "Kỳ kết thúc ({last}) trước khi bắt đầu ({first}). Đổi chỗ hai ngày hoặc chọn lại.",
        "The period ends ({last}) before it starts ({first}). Swap the two days or choose again.",
    ),
    "period_future": (
        "Kỳ từ {first} đến {last} chưa bắt đầu; số liệu mới có đến ngày {today}. Chọn kỳ đã bắt đầu.",
        "The period from {first} to {last} has not begun; there are figures up to {today}. Choose one that has begun.",
    ),
    "period_too_old": (
        "Kỳ từ {first} đến {last} bắt đầu trước {oldest}, khi hệ thống một cửa dùng chung chưa có. Chọn kỳ sau đó.",
        "The period from {first} to {last} starts before {oldest}, when there was no shared one-stop system. "
        "Choose a later one.",
    ),
    # -- exported files (data_access/exports) --
    "export_many": (
        "Bạn đang chờ {n} tệp. Đợi một tệp xong rồi xuất tiếp.",
        "You are waiting for {n} files already. Let one be finished first.",
    ),
    "export_too_large": (
        "Danh sách có {rows} dòng, tệp này chứa nhiều nhất {most} dòng. Chọn đơn vị nhỏ hơn, "
        "hoặc xuất Excel hay CSV thay cho PDF.",
        "The list has {rows} rows, this kind of file holds {most} at most. Choose a smaller place, "
        "or Excel or CSV instead of PDF.",
    ),
    "export_no_store": (
        "Kho dữ liệu không trả lời hoặc không ghi được nhật ký xuất, nên chưa có tệp. Thử lại sau ít phút.",
        "The store did not answer or did not note the export, so there is no file. Try again in a few minutes.",
    ),
    "export_failed": (
        "Không tạo được tệp; chi tiết đã ghi vào nhật ký hệ thống. Báo bộ phận CNTT nếu lặp lại.",
        "The file could not be made; details are in the log. Tell IT if it happens again.",
    ),
}
